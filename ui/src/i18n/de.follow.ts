// What became of an upload, in German; a part of the one list in de.ts.
import type { Translation } from "./create.svelte";
import type { enFollow } from "./en.follow";

/** German. */
export const deFollow: Translation<typeof enFollow> = {
  "fate.accepted": "Angenommen, noch nicht gelistet",
  "fate.ingesting": "Wird eingelesen",
  "fate.processing": "Wird verarbeitet",
  "fate.partly_visible": "{visible} von {total} sichtbar",
  "fate.visible": "Veröffentlicht",
  "fate.visible_part": "Veröffentlicht, {visible} von {total} sichtbar",
  "fate.on_map": "Auf der Karte",
  "fate.on_map_part": "Auf der Karte, {visible} von {total} sichtbar",
  "fate.failed": "Bei Mapillary gescheitert",
  "fate.overdue": "Überfällig",
  "fate.lost_from_feed": "Nicht mehr gelistet",
  "fate.unknown": "Unbekannt",
  "fate.since": "seit: {ago}",
  "fate.as_of": "Stand: {ago}",
  "fate.never": "Mapillary hat noch nicht geantwortet",
  "fate.stale": "Mapillary hat zuletzt {ago} geantwortet; was seither daraus wurde, ist nicht bekannt.",
  "fate.code": "Mapillarys Wort dafür: {code}",

  "ask.throttled": "Mapillary begrenzt die Anfragen; nächste Nachfrage um {time}",
  "ask.quota": "Die meisten Anfragen der App sind verbraucht; nächste Nachfrage um {time}",
  "ask.outage": "Mapillary hat eine Störung; nächste Nachfrage um {time}",
  "ask.offline": "Mapillary ist nicht erreichbar; nächste Nachfrage um {time}",
  "ask.sign_in": "Wartet auf die Anmeldung; nächste Nachfrage um {time}",
  "ask.refused": "Mapillary hat die Nachfrage abgelehnt; nächste Nachfrage um {time}",
  "ask.timer": "Nächste Nachfrage um {time}",

  "links.title": "Gesendet und gezeigt",
  "links.never": "Mapillary wurde noch nicht gefragt, welche Bilder sichtbar sind.",
  "links.matched": { one: "{n} Bild zugeordnet", other: "{n} Bilder zugeordnet" },
  "links.missing": { one: "{n} fehlt", other: "{n} fehlen" },
  "links.extra": { one: "{n} daneben", other: "{n} daneben" },
  "links.groups": {
    one: "„{title}“ ist auch bei Mapillary eine Sequenz:",
    other: "„{title}“ sind bei Mapillary {n} Sequenzen:",
  },
  "links.shared": "zusammen mit Upload {uploads}",
  "links.blur": "Im Unschärfe-Editor öffnen",
  "links.user": "Seite des Kontos öffnen",
  "links.missing_names": "Dateien, die nicht zu sehen sind",
  "links.extra_ids": "Bilder, die nicht mit diesem Upload gesendet wurden",
  "links.more": { one: "und {n} weiteres", other: "und {n} weitere" },
  "links.warning.other_camera":
    "Eine andere Kamera dieses Kontos hat zur selben Zeit am selben Ort Bilder gemacht.",
  "links.warning.other_source":
    "Zur selben Zeit am selben Ort gibt es Bilder dieses Kontos, die nicht mit diesem Upload gesendet wurden.",
  "links.warning.duplicates": "Mapillary zeigt mehr als ein Bild desselben Augenblicks: doppelt gesendet.",
};
