const place = document.getElementById("redoc");
window.Redoc.init(place.dataset.document, { disableSearch: false, hideDownloadButton: false }, place);
