// What a checkout keeps, it keeps until a time: how long that is counts down, then is said.
const look = () => document.querySelectorAll("[data-hold]:not([data-counted])").forEach(count);

function count(hold) {
  hold.dataset.counted = "";
  const until = Date.parse(hold.querySelector("time").dateTime);
  const left = hold.querySelector("[data-hold-left]");
  const tick = () => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds > 0 && hold.isConnected) return setTimeout(tick, 250);
    hold.hidden = true;
    hold.parentElement.querySelector("[data-hold-over]").hidden = false;
  };
  tick();
}

document.addEventListener("htmx:after:swap", look);
look();
