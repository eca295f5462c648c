// What each check of files means, in French.
import type { Checks } from "./checks.en";

export const checks: Checks = {
  no_position: {
    title: "Photos sans position GPS",
    what: "Mapillary place une photo selon la position qu’elle contient. Waypost lit EXIF et XMP et cherche latitude et longitude avec leurs hémisphères.",
    action: "Donnez-lui la position d’une trace GPX, ou écartez-la.",
  },
  null_island: {
    title: "Photos à 0° N 0° E",
    what: "Un récepteur sans signal écrit souvent exactement 0°, 0°, un point dans l’Atlantique. Une telle position est inventée.",
    action: "Écartez-la, ou prenez la position d’une trace GPX.",
  },
  no_time: {
    title: "Photos sans heure de prise de vue",
    what: "L’heure ordonne les photos en séquence. Cette photo n’en indique pas, ou l’horloge de l’appareil n’était pas réglée.",
    action: "Inscrivez-y l’heure de prise de vue, ou écartez-la.",
  },
  time_zone_unknown: {
    title: "Photos dont l’horloge n’indique pas de fuseau",
    what: "La photo dit quand elle a été prise, mais pas dans quel fuseau horaire. Waypost ne le devine jamais en silence.",
    action: "Dites sur quel fuseau l’horloge de l’appareil était réglée.",
  },
  outside_track: {
    title: "Prises de vue avant ou après la trace",
    what: "Les positions devaient venir d’un fichier de trace, mais la trace ne couvre pas l’heure de cette prise de vue.",
    action:
      "Dites de combien l’horloge de l’appareil se trompait, choisissez la trace de ce moment, ou écartez-la.",
  },
  duplicate: {
    title: "Photos du même lieu que la précédente",
    what: "Des photos plus proches que la distance des doublons, et tournées de moins que son angle, montrent la même chose. La première est envoyée.",
    action: "Il n’y a rien à faire. Pour tout envoyer, réduisez la distance des doublons dans les réglages.",
  },
  too_fast: {
    title: "Photos plus rapides que tout véhicule",
    what: "Entre deux photos, l’appareil se serait déplacé plus vite que tout véhicule routier. Une horloge ou une position fausse en est la cause.",
    action: "Vérifiez la date, l’heure et la position ; une seule horloge fausse suffit.",
  },
  zig_zag: {
    title: "Photos qui sautent hors de leur trace",
    what: "La position quitte brusquement la trace et y revient aussitôt, comme entre de hauts immeubles.",
    action: "Écartez-la, ou envoyez-la quand même si la trace est juste.",
  },
  empty_file: {
    title: "Fichiers vides",
    what: "Le fichier n’a pas de contenu. Les cartes retirées trop tôt laissent de tels fichiers.",
    action: "Recopiez-le depuis la carte.",
  },
  not_a_jpeg: {
    title: "Pas des photos JPEG",
    what: "Les premiers octets du fichier ne sont pas ceux d’un JPEG, quoi que dise son nom.",
    action: "Écartez-le, ou enregistrez-le en JPEG avec ses données GPS.",
  },
  format_not_supported: {
    title: "Images dans un format que Mapillary n’accepte pas",
    what: "Mapillary accepte le JPEG. HEIC, WebP, TIFF, PNG et fichiers bruts doivent être convertis.",
    action: "Exportez-la en JPEG avec ses données GPS, puis ajoutez celui-ci.",
  },
  header_truncated: {
    title: "Fichiers qui finissent avant leur image",
    what: "Seul le début du fichier est là : copié à moitié, ou carte endommagée.",
    action: "Recopiez-le depuis la carte.",
  },
  unreadable: {
    title: "Fichiers illisibles",
    what: "Le système n’a pas pu ouvrir ou lire le fichier.",
    action: "Vérifiez qu’il s’ouvre, ou recopiez-le depuis la carte.",
  },
  projection_not_supported: {
    title: "Photos 360° non assemblées",
    what: "La photo contient côte à côte les images de deux objectifs. Mapillary montre des panoramas équirectangulaires.",
    action: "Assemblez-la en panorama équirectangulaire, puis ajoutez celui-ci.",
  },
  description_invalid: {
    title: "Photos aux valeurs impossibles",
    what: "Une valeur de la photo ne peut exister, comme une latitude au-delà de 90°.",
    action: "Corrigez les valeurs dans la photo, ou écartez-la.",
  },
  description_does_not_fit: {
    title: "Photos dont le bloc EXIF n’admet pas de description",
    what: "À l’envoi, Waypost ajoute une description au bloc EXIF. Ce bloc est plein ou endommagé.",
    action: "Écartez-la, ou réenregistrez-la avec un programme qui écrit un bloc EXIF correct.",
  },
  not_a_video: {
    title: "Fichiers qui ne sont pas des vidéos",
    what: "Le fichier porte le nom d’une vidéo mais n’en a pas le contenu.",
    action: "Écartez-le.",
  },
  video_format_not_supported: {
    title: "Vidéos dans un format qui ne peut être envoyé",
    what: "Waypost envoie des vidéos MP4, MOV et .360. Ceci est un autre conteneur, comme AVI ou Matroska.",
    action: "Convertissez-la en MP4 sans la réencoder, et placez à côté le fichier GPX du trajet.",
  },
  video_index_missing: {
    title: "Vidéos sans index",
    what: "L’enregistrement a été interrompu, ou le fichier n’a pas été copié jusqu’au bout : la table qui situe ses images manque.",
    action:
      "Recopiez-la depuis la carte ; l’appareil peut souvent réparer lui-même un enregistrement interrompu.",
  },
  video_cut_off: {
    title: "Vidéos tronquées",
    what: "Le fichier finit avant ce que dit son propre index.",
    action: "Recopiez-la depuis la carte.",
  },
  video_damaged: {
    title: "Vidéos à l’index endommagé",
    what: "L’index de la vidéo se contredit.",
    action: "Recopiez-la depuis la carte.",
  },
  video_too_large: {
    title: "Vidéos à l’index trop grand",
    what: "L’index nomme plus d’images qu’aucun appareil n’en enregistre dans un fichier.",
    action: "Découpez-la en vidéos plus courtes.",
  },
  video_fragmented: {
    title: "Vidéos en fragments",
    what: "La vidéo est découpée comme pour la diffusion et ne peut être réempaquetée pour l’envoi.",
    action: "Réempaquetez-la en MP4 ordinaire, par exemple avec ffmpeg -c copy.",
  },
  video_without_pictures: {
    title: "Vidéos sans images",
    what: "Le fichier ne contient pas de piste d’images.",
    action: "Écartez-la : il n’y a rien à montrer sur la carte.",
  },
  video_without_track: {
    title: "Vidéos sans trace GPS",
    what: "L’appareil n’a écrit aucune position, ou sous une forme inconnue. Sont connus GoPro, CAMM et BlackVue.",
    action: "Donnez-lui le fichier GPX ou NMEA du trajet, ou écartez-la.",
  },
  video_track_empty: {
    title: "Vidéos à la trace GPS vide",
    what: "La vidéo contient de la télémétrie mais aucune position : GPS éteint, ou appareil sans récepteur.",
    action: "Donnez-lui le fichier GPX ou NMEA du trajet, ou écartez-la.",
  },
  video_track_noise: {
    title: "Vidéos dont la trace GPS n’est que bruit",
    what: "Le récepteur n’a eu aucun signal, ou un mauvais, tout du long ; aucune de ses positions n’est utilisable.",
    action: "Donnez-lui le fichier GPX ou NMEA du trajet, ou écartez-la.",
  },
  stationary_video: {
    title: "Vidéos prises au même endroit",
    what: "Toute la trace reste à moins de dix mètres de son premier point. Mapillary montre des trajets, pas des lieux.",
    action: "Écartez-la.",
  },
  file_too_large: {
    title: "Vidéos trop grandes",
    what: "Mapillary accepte des vidéos jusqu’à 110 Gio.",
    action: "Découpez-la en vidéos plus courtes.",
  },
  video_null_island: {
    title: "Vidéos à 0° N 0° E",
    what: "Chaque position est exactement 0°, 0° : l’appareil ne savait pas où il était.",
    action: "Donnez-lui le fichier GPX ou NMEA du trajet, ou écartez-la.",
  },
  video_too_fast: {
    title: "Vidéos plus rapides que tout véhicule",
    what: "La trace va plus vite que tout véhicule routier (400 km/h).",
    action: "Vérifiez sa trace GPS, ou donnez-lui le fichier GPX ou NMEA du trajet.",
  },
  cut_off: {
    title: "Photos peut-être tronquées",
    what: "L’image n’a pas de marque de fin. Elle est envoyée quand même.",
    action: "Regardez-la ; si le bas est gris, recopiez-la depuis la carte.",
  },
  track_gap: {
    title: "Photos dans un trou de la trace",
    what: "La trace n’a ici aucun point pendant plus d’une minute et plus de 100 m. La position est estimée en ligne droite.",
    action: "Regardez-la sur la carte ; écartez-la si elle est fausse.",
  },
  positions_left_out: {
    title: "Vidéos avec des positions impossibles",
    what: "Certaines positions étaient sans signal, imprécises ou très éloignées. Elles ont été retirées ; la vidéo est envoyée avec les autres.",
    action: "Regardez son trajet sur la carte.",
  },
  time_lapse: {
    title: "Vidéos en accéléré",
    what: "Il passe plus de temps dans le monde que dans la vidéo. Elle est envoyée telle quelle.",
    action: "Il n’y a rien à faire.",
  },
  video_frames_go: {
    title: "Vidéos dont les images partent malgré une trace coupée",
    what: "Une zone privée ou un rognage a retiré des positions de la trace. Les images d’une vidéo ne peuvent être coupées et sont envoyées quand même.",
    action:
      "Écartez la vidéo, ou coupez-la avec un logiciel vidéo, si elle montre ce que personne ne doit voir.",
  },
};
