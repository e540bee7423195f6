// Every page's script. Pages work without it; it makes them quicker.
import "htmx.org";
import "./busy.js";
import "./card.js";
import "./charts-loader.js";
import "./code.js";
import "./copy.js";
import "./dialogs.js";
import "./errors.js";
import "./keys.js";
import "./menus.js";
import "./money.js";
import "./password.js";
import "./resend.js";
import "./strips.js";
import "./theme.js";
import "./toasts.js";
