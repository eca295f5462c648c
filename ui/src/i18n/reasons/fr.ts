// What French says about codes, loaded with the language.
export { checks } from "./checks.fr";
export { reasons } from "./reasons.fr";
export { files } from "./files.fr";
