// The counter's scripts, which come only to the counter.
import "./counter.js";
import "./offline.js";
import "./pad.js";
import "./sheet.js";
