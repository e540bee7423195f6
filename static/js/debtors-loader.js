// The counter's scripts come only to the counter.
import { each } from "./enhance.js";

each("[data-counter]", () => import(document.querySelector('meta[name="debtors"]').content));
