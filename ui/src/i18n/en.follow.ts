// Texts about what became of an upload at Mapillary.

/** English. */
export const enFollow = {
  "fate.accepted": "Taken, not listed yet",
  "fate.ingesting": "Being read in",
  "fate.processing": "Being processed",
  "fate.partly_visible": "{visible} of {total} visible",
  "fate.visible": "Published",
  "fate.visible_part": "Published, {visible} of {total} visible",
  "fate.on_map": "On the map",
  "fate.on_map_part": "On the map, {visible} of {total} visible",
  "fate.failed": "Failed at Mapillary",
  "fate.overdue": "Overdue",
  "fate.lost_from_feed": "No longer listed",
  "fate.unknown": "Unknown",
  "fate.since": "since: {ago}",
  "fate.as_of": "as of {ago}",
  "fate.never": "Mapillary has not answered yet",
  "fate.stale": "Mapillary last answered {ago}; what became of it since is not known.",
  "fate.code": "Mapillary's word for it: {code}",

  "ask.throttled": "Mapillary limits requests; asked again at {time}",
  "ask.quota": "Most of the app's requests are used up; asked again at {time}",
  "ask.outage": "Mapillary has trouble; asked again at {time}",
  "ask.offline": "Mapillary cannot be reached; asked again at {time}",
  "ask.sign_in": "Waits for the sign-in; asked again at {time}",
  "ask.refused": "Mapillary refused the question; asked again at {time}",
  "ask.timer": "Asked again at {time}",
};
