// "Send again" opens when its seconds have run out.
import { each } from "./enhance.js";

each("[data-resend]", (form) => {
  const button = form.querySelector("button");
  const left = form.querySelector("[data-resend-left]");
  const until = Date.now() + Number(form.dataset.resend) * 1000;
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    button.disabled = seconds > 0;
    left.textContent = seconds ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : "";
    if (seconds && form.isConnected) setTimeout(tick, 250);
  };
  tick();
});
