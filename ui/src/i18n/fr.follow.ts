// What became of an upload, in French; a part of the one list in fr.ts.
import { count, type Translation } from "./create.svelte";
import type { enFollow } from "./en.follow";

/** French. */
export const frFollow: Translation<typeof enFollow> = {
  "fate.accepted": "Accepté, pas encore listé",
  "fate.ingesting": "En cours de lecture",
  "fate.processing": "En cours de traitement",
  "fate.partly_visible": "{visible} sur {total} visibles",
  "fate.visible": "Publié",
  "fate.visible_part": "Publié, {visible} sur {total} visibles",
  "fate.on_map": "Sur la carte",
  "fate.on_map_part": "Sur la carte, {visible} sur {total} visibles",
  "fate.failed": "Échec chez Mapillary",
  "fate.overdue": "En retard",
  "fate.lost_from_feed": "N’est plus listé",
  "fate.unknown": "Inconnu",
  "fate.since": "depuis : {ago}",
  "fate.as_of": "état : {ago}",
  "fate.never": "Mapillary n’a pas encore répondu",
  "fate.stale": "Dernière réponse de Mapillary : {ago} ; la suite n’est pas connue.",
  "fate.code": "Le mot de Mapillary : {code}",

  "ask.throttled": "Mapillary limite les demandes ; prochaine demande à {time}",
  "ask.quota": "La plupart des demandes de l’application sont utilisées ; prochaine demande à {time}",
  "ask.outage": "Mapillary a une panne ; prochaine demande à {time}",
  "ask.offline": "Mapillary est injoignable ; prochaine demande à {time}",
  "ask.sign_in": "Attend la connexion ; prochaine demande à {time}",
  "ask.refused": "Mapillary a refusé la demande ; prochaine demande à {time}",
  "ask.timer": "Prochaine demande à {time}",

  "links.title": "Envoyé et montré",
  "links.never": "On n’a pas encore demandé à Mapillary quelles images sont visibles.",
  "links.matched": count("{n} image retrouvée", "{n} images retrouvées"),
  "links.missing": count("{n} manquante", "{n} manquantes"),
  "links.extra": count("{n} à côté", "{n} à côté"),
  "links.groups": count(
    "« {title} » est aussi une séquence chez Mapillary :",
    "« {title} » fait {n} séquences chez Mapillary :",
  ),
  "links.shared": "avec l’envoi {uploads}",
  "links.blur": "Ouvrir dans l’éditeur de floutage",
  "links.user": "Ouvrir la page du compte",
  "links.missing_names": "Fichiers que l’on ne voit pas",
  "links.extra_ids": "Images qui n’ont pas été envoyées avec cet envoi",
  "links.more": count("et {n} de plus", "et {n} de plus"),
  "links.warning.other_camera":
    "Un autre appareil de ce compte a pris des images au même moment et au même endroit.",
  "links.warning.other_source":
    "Au même moment et au même endroit, ce compte a des images qui n’ont pas été envoyées avec cet envoi.",
  "links.warning.duplicates": "Mapillary montre plus d’une image du même instant : envoyé deux fois.",
};
