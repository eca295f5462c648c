// What became of an upload, in French; a part of the one list in fr.ts.
import type { Translation } from "./create.svelte";
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
};
