// What went wrong and what helps, in French, by the code of docs/errors.md. Codes of checks are in checks.fr.ts.
import type { Reasons } from "./words";

export const reasons: Reasons = {
  bad_option: ["La ligne de commande est incompréhensible.", "Consultez « waypost --help »."],
  invalid_setting: ["Un réglage a une valeur inutilisable.", "Corrigez la valeur."],
  transport_refused: [
    "Mapillary n’accepte que ce qui s’est déplacé sur terre ou sur l’eau.",
    "Écartez ces prises de vue, ou choisissez ce qui les a portées sur terre ou sur l’eau.",
  ],
  invalid_input: ["Cela ne peut jamais réussir ainsi ; rien n’a été envoyé.", "Corrigez la valeur."],
  invalid_url: ["Une adresse est inutilisable.", "Corrigez l’adresse."],
  no_app_identity: [
    "Aucune application Mapillary n’est configurée ; la connexion par le navigateur en exige une.",
    "Enregistrez une application chez Mapillary et saisissez-la dans les réglages, ou utilisez l’entraînement.",
  ],
  several_profiles: ["Il y a plusieurs connexions et aucune n’a été nommée.", "Nommez-en une."],
  no_such_profile: ["Il n’y a pas de connexion de ce nom.", "Connectez-vous."],
  no_such_line: ["Cette ligne n’existe plus.", ""],
  no_such_upload: ["Cet envoi n’existe plus.", ""],
  wrong_state: [
    "Cela ne convient pas à ce que fait l’envoi en ce moment.",
    "Voyez dans la liste ce qu’il fait maintenant.",
  ],
  path_not_found: [
    "Un chemin indiqué n’existe pas.",
    "Vérifiez le chemin ; une carte ou un disque a peut-être été retiré.",
  ],
  stopped: ["Cela a été arrêté.", ""],
  file_error: [
    "Un fichier ou un dossier n’a pas pu être lu ou écrit.",
    "Vérifiez qu’il s’ouvre et que le disque a de la place, puis réessayez.",
  ],
  journal: [
    "La liste des envois dans le dossier des données n’a pas pu être lue ou écrite.",
    "Vérifiez que le dossier des données est accessible en écriture et que le disque a de la place.",
  ],
  journal_too_new: [
    "La liste des envois vient d’une version plus récente de Waypost.",
    "Utilisez la version plus récente, ou choisissez un autre dossier des données.",
  ],
  already_running: [
    "Un autre Waypost utilise le dossier des données.",
    "Utilisez celui qui tourne, ou fermez-le d’abord.",
  ],
  no_page: ["Il n’y a pas de page à ouvrir pour cela.", ""],
  browser_did_not_open: ["Le navigateur ne s’est pas ouvert.", "Ouvrez l’adresse à la main."],
  not_signed_in: ["Personne n’est connecté.", "Connectez-vous, et cela reprendra où c’en était."],
  sign_in_expired: [
    "Mapillary n’accepte plus cette connexion.",
    "Connectez-vous, et cela reprendra où c’en était.",
  ],
  token_refused: [
    "Le jeton n’est pas accepté.",
    "Recopiez le jeton en entier, ou connectez-vous par le navigateur.",
  ],
  other_account: [
    "Cet envoi appartient à un autre compte que celui connecté.",
    "Connectez-vous avec le compte qui l’a commencé.",
  ],
  upload_not_allowed: [
    "Cette connexion n’a pas le droit d’envoyer.",
    "Reconnectez-vous en autorisant l’envoi, ou collez un jeton qui en a le droit.",
  ],
  unauthorized: ["Mapillary a refusé la connexion.", "Reconnectez-vous, et cela reprendra où c’en était."],
  no_keychain: [
    "Le trousseau du système est inutilisable.",
    "Connectez-vous pour cette session seulement, ou démarrez le trousseau du bureau.",
  ],
  login_refused: ["L’adresse e-mail ou le mot de passe a été refusé.", "Vérifiez les deux."],
  oauth_denied: ["« Refuser » a été choisi dans le navigateur.", "Reconnectez-vous et autorisez l’accès."],
  oauth_wrong_state: [
    "Seules des réponses d’une autre connexion sont arrivées ; aucune n’a été acceptée.",
    "Reconnectez-vous et terminez dans la fenêtre du navigateur qui s’ouvre.",
  ],
  oauth_timed_out: [
    "Le navigateur n’a pas répondu à temps.",
    "Reconnectez-vous et terminez dans la fenêtre du navigateur qui s’ouvre.",
  ],
  oauth_cancelled: ["La connexion a été annulée.", ""],
  oauth_port_busy: [
    "Un autre programme utilise le port où la réponse du navigateur est attendue.",
    "Fermez ce programme, ou enregistrez et réglez une autre URI de redirection.",
  ],
  oauth_port_unavailable: [
    "Le port où la réponse du navigateur est attendue n’est pas disponible.",
    "Enregistrez et réglez une autre URI de redirection.",
  ],
  oauth_invalid_redirect: [
    "L’URI de redirection ne peut pas être écoutée.",
    "Réglez l’URI de redirection enregistrée pour l’application.",
  ],
  oauth_server_error: [
    "Mapillary a mis fin à la connexion par une erreur.",
    "Vérifiez l’identifiant, le secret et l’URI de redirection de l’application, puis reconnectez-vous.",
  ],
  files_refused: ["Certains fichiers sont inutilisables.", "Chacun indique ce qui aide."],
  zero_filled: [
    "Le fichier commence par des milliers de zéros : son contenu n’a jamais été écrit.",
    "Recopiez-le depuis la carte.",
  ],
  not_a_track_file: [
    "Le fichier n’est ni GPX ni NMEA.",
    "Choisissez-en un qui le soit ; KML, FIT et TCX peuvent être convertis.",
  ],
  track_file_too_large: [
    "Le fichier de trace dépasse 64 Mio ou un million de points.",
    "Réduisez-le aux jours de ces prises de vue.",
  ],
  track_file_damaged: [
    "Le fichier GPX s’interrompt avant son premier point.",
    "Recopiez-le depuis l’appareil.",
  ],
  track_file_empty: [
    "Le fichier de trace ne contient aucun point avec lieu et heure.",
    "Choisissez le fichier de la trace enregistrée.",
  ],
  track_is_route: [
    "Le fichier GPX contient un itinéraire prévu, pas un enregistrement.",
    "Exportez la trace enregistrée.",
  ],
  track_without_times: [
    "Les points de la trace ne portent pas d’heure.",
    "Exportez la trace enregistrée avec ses heures.",
  ],
  track_without_date: [
    "Les phrases NMEA indiquent l’heure mais pas la date.",
    "Faites enregistrer aussi RMC au récepteur, ou exportez la trace en GPX.",
  ],
  description_file: ["Le fichier de description est inutilisable.", "Recréez-le avec « waypost process »."],
  description_entry: [
    "Une entrée de la description enfreint ses règles.",
    "Recréez-la avec « waypost process ».",
  ],
  video_not_packable: [
    "La vidéo ne peut pas être réempaquetée pour l’envoi.",
    "Recopiez-la depuis la carte ; si cela n’aide pas, écartez-la.",
  ],
  invalid_zip: ["Le fichier zip ne peut pas être envoyé.", "Recréez-le avec « waypost zip »."],
  nothing_to_send: ["Il n’y a rien à envoyer.", "Choisissez des photos qui peuvent être envoyées."],
  source_changed: [
    "Un fichier a changé entre la lecture et l’envoi.",
    "Ajoutez de nouveau le dossier, pour qu’il soit lu tel qu’il est.",
  ],
  source_unreadable: [
    "Ce qui devait être envoyé n’était pas lisible.",
    "Vérifiez que la carte ou le disque est encore là, puis réessayez.",
  ],
  already_sent: ["Ces photos ont déjà été envoyées à ce compte.", "L’historique dit où elles sont."],
  connection: [
    "La connexion n’a pas abouti ou a été coupée.",
    "Vérifiez le réseau ; Waypost reprend de lui-même dès qu’il revient.",
  ],
  dns: [
    "Le service est introuvable : le plus souvent, le réseau manque.",
    "Vérifiez le réseau ; Waypost reprend de lui-même dès qu’il revient.",
  ],
  tls: [
    "Aucune connexion sûre n’a pu être établie.",
    "Vérifiez la date de l’ordinateur. Sur un réseau qui inspecte le trafic, son certificat doit être installé dans le système.",
  ],
  captive_portal: [
    "Une page web est arrivée au lieu d’une réponse : le réseau exige sa propre connexion.",
    "Ouvrez une page dans le navigateur et connectez-vous au réseau, ou utilisez-en un autre.",
  ],
  network_setup: [
    "L’accès au réseau n’a pas pu être préparé.",
    "Vérifiez les réglages du proxy et les certificats du système.",
  ],
  timeout: ["Le service n’a pas répondu à temps.", "Il n’y a rien à faire : Waypost réessaie de lui-même."],
  server_status: [
    "Mapillary a répondu par une erreur.",
    "Réessayez plus tard ; si cela persiste, signalez-le avec le message ci-dessous.",
  ],
  rate_limited: ["Mapillary demande une pause.", "Il n’y a rien à faire : Waypost réessaie de lui-même."],
  redirect: [
    "Le service a voulu rediriger la demande. Ce n’est pas suivi, car la connexion partirait avec.",
    "Vérifiez l’adresse du service dans les réglages.",
  ],
  query_too_heavy: [
    "La demande était trop lourde pour le service.",
    "Demandez une zone plus petite ou une durée plus courte.",
  ],
  take_out_folder: [
    "Rien ne peut être extrait dans ce dossier.",
    "Choisissez un dossier vide, ou le choix avec lequel ce dossier a été commencé.",
  ],
  not_enough_space: [
    "L’extraction ne tient pas sur le disque.",
    "Choisissez un autre disque, des images plus petites ou moins de séquences.",
  ],
  nothing_to_take_out: [
    "Il n’y a aucune image à extraire.",
    "Choisissez d’autres séquences ou une période plus longue.",
  ],
  nothing_to_continue: ["Il n’y a aucune extraction à continuer.", "Commencez-en une nouvelle."],
  image_not_available: [
    "Mapillary ne donne pas cette image.",
    "Elle a peut-être été supprimée ; regardez sur Mapillary, puis continuez.",
  ],
  picture_damaged: [
    "Ce que Mapillary livre n’est pas une image JPEG entière.",
    "Continuez l’extraction plus tard : elle sera redemandée.",
  ],
  file_in_the_way: [
    "Un fichier de ce nom est déjà là et ne vient pas de cette extraction.",
    "Déplacez le fichier, puis continuez.",
  ],
  dataset_file: ["Un fichier de la chaîne est illisible.", "Refaites-le avec l’étape précédente."],
  link_expired: [
    "Le lien d’une image n’est plus valable.",
    "Continuez l’extraction : un nouveau lien sera demandé.",
  ],
  webhook_refused: [
    "L’adresse n’a pas accepté la fiche.",
    "Vérifiez l’adresse avec son responsable, puis renvoyez la fiche.",
  ],
  feed_refused: [
    "Le fil d’activité n’est pas ouvert à cette connexion.",
    "Il n’y a rien à faire : la recherche d’images est utilisée à la place.",
  ],
  too_many_results: [
    "Il est revenu plus de résultats qu’une demande ne peut en donner.",
    "Demandez une zone plus petite ou une durée plus courte.",
  ],
  unusable_answer: [
    "La réponse du service est inutilisable.",
    "Réessayez plus tard ; si cela persiste, une version plus récente de Waypost est peut-être nécessaire.",
  ],
  offset_beyond_end: [
    "Le service prétend détenir plus de cet envoi qu’il n’y en a.",
    "Réessayez : il est envoyé à neuf, sous une nouvelle clé.",
  ],
  no_handle: ["Tout serait envoyé, mais le reçu manque.", "Réessayez : il est envoyé à neuf."],
  outside_hours: [
    "Le calendrier n’envoie rien à cette heure.",
    "Cela reprend de soi-même ; les heures sont dans les réglages.",
  ],
  finish_unanswered: [
    "Mapillary n’a pas répondu utilement à la remise.",
    "Waypost vérifie auprès de Mapillary si l’envoi y est.",
  ],
  finish_without_cluster: [
    "Mapillary a pris l’envoi mais ne l’a pas nommé.",
    "Regardez vos envois sur Mapillary avant de le renvoyer.",
  ],
  finish_doubtful: [
    "Il n’a pas été possible de savoir si Mapillary a pris l’envoi.",
    "Regardez votre profil Mapillary, puis choisissez « Il y est » ou « Absent : remettre de nouveau ».",
  ],
  processing_failed: [
    "Mapillary a pris l’envoi et n’a pas pu le traiter.",
    "Renvoyez-le si les photos sont bonnes ; ce sera un nouvel envoi.",
  ],
  lost_at_service: [
    "Mapillary ne liste plus cet envoi, et aucune de ses images n’est visible.",
    "Regardez votre profil Mapillary ; s’il n’y est pas, envoyez-le comme nouvel envoi.",
  ],
  heic_not_supported: [
    "Mapillary n’accepte pas les images HEIC et AVIF.",
    "Exportez-la en JPEG avec ses données GPS.",
  ],
  header_too_long: [
    "L’en-tête du fichier est plus long qu’aucun appareil n’en écrit.",
    "Recopiez-le depuis la carte.",
  ],
  exif_too_large: [
    "Le bloc EXIF nomme plus de champs qu’aucun appareil n’en écrit.",
    "Recopiez-le depuis la carte.",
  ],
  exif_damaged: ["Des parties du bloc EXIF sont illisibles.", "Recopiez-le depuis la carte."],
  segment_too_long: ["Le bloc EXIF dépasserait ce qu’un JPEG peut contenir.", "Écartez la photo."],
  description_not_ascii: ["Une description contenait des signes qui ne peuvent être écrits.", ""],
  io: ["La carte, le disque ou le lecteur réseau n’a pas pu être lu.", "Vérifiez qu’il est encore là."],
  header_damaged: ["L’en-tête du JPEG est endommagé ; ce qui était lisible est utilisé.", ""],
  picture_missing: ["Aucune donnée d’image ne suit l’en-tête.", "Recopiez-le depuis la carte."],
  xmp_damaged: ["Le bloc XMP est endommagé ; ce qui précède est utilisé.", ""],
  gps_reference_missing: ["Des coordonnées sans hémisphère ne sont pas utilisées.", ""],
  gps_unreadable: ["Les coordonnées ne sont pas des nombres.", ""],
  gps_out_of_range: ["Ces coordonnées n’existent pas sur Terre.", ""],
  gps_time_invalid: ["La date et l’heure GPS ne désignent aucun moment possible.", ""],
  heading_invalid: ["Le cap n’est pas un angle.", ""],
  date_zeroed: ["La date est vide : l’appareil ne connaissait pas l’heure.", ""],
  date_unreadable: ["La date est illisible.", ""],
  track_empty: ["La trace GPS n’a aucun point dans la vidéo.", ""],
  track_point_invalid: ["Un point de la trace n’a ni heure ni lieu possibles.", ""],
  point_impossible: ["Une position a été retirée : elle n’existe pas sur Terre.", ""],
  point_cut_out: ["Une position a été retirée : elle est dans la partie rognée.", ""],
  point_of_drone: ["Une position a été retirée : le drone l’a mesurée.", ""],
  point_without_fix: ["Une position a été retirée : le récepteur n’avait pas de signal.", ""],
  point_imprecise: ["Une position a été retirée : elle est trop imprécise.", ""],
  point_null_island: ["Une position a été retirée : elle est exactement 0°, 0°.", ""],
  point_outlier: ["Une position a été retirée : elle est à l’écart du reste de la trace.", ""],
  sandbox_listen: ["Le service d’entraînement ne peut écouter sur son port.", "Choisissez-en un autre."],
  sandbox_data_folder: [
    "Le service d’entraînement ne peut utiliser son dossier.",
    "Choisissez-en un accessible en écriture.",
  ],
  sandbox_data_folder_in_use: [
    "Un autre service d’entraînement utilise ce dossier.",
    "Arrêtez-le, ou choisissez un autre dossier.",
  ],
  sandbox_damaged_state: [
    "Un fichier du dossier d’entraînement est endommagé.",
    "Supprimez le dossier pour repartir à neuf.",
  ],
  sandbox_redirect_uri: ["L’URI de redirection du service d’entraînement n’en est pas une.", ""],
  sandbox_random: ["Le système ne donne pas de nombres aléatoires.", ""],
  target_exists: ["Une photo d’entraînement écraserait un fichier.", "Choisissez un dossier vide."],
  not_written: [
    "Une photo d’entraînement n’a pas pu être écrite.",
    "Choisissez un dossier accessible en écriture.",
  ],
  picture_size: ["Une image d’entraînement de cette taille ne peut être dessinée.", ""],
  value_out_of_range: ["Une photo d’entraînement ne peut contenir cette valeur.", ""],
  time_out_of_range: ["Une photo d’entraînement ne peut contenir cette heure.", ""],
  jpeg_not_encoded: ["Une image d’entraînement n’a pas pu être compressée.", ""],
  exif_not_written: ["Le bloc EXIF d’une photo d’entraînement n’a pas pu être écrit.", ""],
  video_not_possible: ["Une telle vidéo d’entraînement ne peut être faite.", ""],
  practice_unavailable: [
    "L’entraînement n’a pas pu démarrer son serveur.",
    "Fermez les programmes qui utilisent beaucoup de ports, puis réessayez.",
  ],
};
