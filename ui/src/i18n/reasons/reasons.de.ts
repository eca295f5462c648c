// What went wrong and what helps, in German, by the code of docs/errors.md. Codes of checks are in checks.de.ts.
import type { Reasons } from "./words";

export const reasons: Reasons = {
  bad_option: ["Die Befehlszeile ist nicht zu verstehen.", "Sehen Sie in „waypost --help“ nach."],
  invalid_setting: [
    "Eine Einstellung hat einen Wert, der nicht verwendet werden kann.",
    "Berichtigen Sie den Wert.",
  ],
  transport_refused: [
    "Mapillary nimmt nur auf, was sich an Land oder auf dem Wasser bewegt hat.",
    "Lassen Sie diese Aufnahmen weg, oder wählen Sie, was sie an Land oder auf dem Wasser trug.",
  ],
  invalid_input: ["Das kann so nie gelingen; nichts wurde gesendet.", "Berichtigen Sie den Wert."],
  invalid_url: ["Eine Adresse kann nicht verwendet werden.", "Berichtigen Sie die Adresse."],
  no_app_identity: [
    "Keine Mapillary-App ist eingestellt; die Anmeldung mit dem Browser braucht eine.",
    "Registrieren Sie eine App bei Mapillary und tragen Sie sie in den Einstellungen ein, oder nutzen Sie den Übungsmodus.",
  ],
  several_profiles: ["Es gibt mehrere Anmeldungen, und keine wurde genannt.", "Nennen Sie eine."],
  no_such_profile: ["Eine Anmeldung dieses Namens gibt es nicht.", "Melden Sie sich an."],
  no_such_line: ["Diese Zeile gibt es nicht mehr.", ""],
  no_such_upload: ["Diesen Upload gibt es nicht mehr.", ""],
  wrong_state: [
    "Das passt nicht zu dem, was der Upload gerade tut.",
    "Sehen Sie in der Liste, was er jetzt tut.",
  ],
  path_not_found: [
    "Ein angegebener Pfad ist nicht da.",
    "Prüfen Sie den Pfad; vielleicht wurde eine Karte oder ein Datenträger entfernt.",
  ],
  stopped: ["Es wurde angehalten.", ""],
  file_error: [
    "Eine Datei oder ein Ordner konnte nicht gelesen oder geschrieben werden.",
    "Prüfen Sie, ob sie sich öffnen lässt und ob Platz auf dem Datenträger ist, und versuchen Sie es erneut.",
  ],
  journal: [
    "Die Liste der Uploads im Datenordner konnte nicht gelesen oder geschrieben werden.",
    "Prüfen Sie, ob der Datenordner beschreibbar ist und der Datenträger Platz hat.",
  ],
  journal_too_new: [
    "Die Liste der Uploads stammt von einer neueren Fassung von Waypost.",
    "Verwenden Sie die neuere Fassung, oder wählen Sie einen anderen Datenordner.",
  ],
  already_running: [
    "Ein anderes Waypost benutzt den Datenordner.",
    "Verwenden Sie das laufende, oder schließen Sie es zuerst.",
  ],
  no_page: ["Hierfür gibt es keine Seite zu öffnen.", ""],
  browser_did_not_open: ["Der Browser hat sich nicht geöffnet.", "Öffnen Sie die Adresse von Hand."],
  not_signed_in: ["Niemand ist angemeldet.", "Melden Sie sich an, dann geht es weiter, wo es war."],
  sign_in_expired: [
    "Mapillary nimmt diese Anmeldung nicht mehr an.",
    "Melden Sie sich an, dann geht es weiter, wo es war.",
  ],
  token_refused: [
    "Das Token wird nicht angenommen.",
    "Kopieren Sie das ganze Token erneut, oder melden Sie sich mit dem Browser an.",
  ],
  other_account: [
    "Dieser Upload gehört zu einem anderen Konto als dem angemeldeten.",
    "Melden Sie sich mit dem Konto an, mit dem er begann.",
  ],
  upload_not_allowed: [
    "Diese Anmeldung darf nicht hochladen.",
    "Melden Sie sich erneut an und erlauben Sie das Hochladen, oder fügen Sie ein Token ein, das es darf.",
  ],
  unauthorized: [
    "Mapillary hat die Anmeldung abgelehnt.",
    "Melden Sie sich erneut an, dann geht es weiter, wo es war.",
  ],
  no_keychain: [
    "Der Schlüsselbund des Systems kann nicht benutzt werden.",
    "Melden Sie sich nur für diesen Lauf an, oder starten Sie den Schlüsselbund des Desktops.",
  ],
  login_refused: ["E-Mail-Adresse oder Passwort wurden abgelehnt.", "Prüfen Sie beide."],
  oauth_denied: [
    "Im Browser wurde „Ablehnen“ gedrückt.",
    "Melden Sie sich erneut an und erlauben Sie den Zugriff.",
  ],
  oauth_wrong_state: [
    "Es kamen nur Antworten einer anderen Anmeldung; keine wurde angenommen.",
    "Melden Sie sich erneut an und beenden Sie es im Browserfenster, das sich öffnet.",
  ],
  oauth_timed_out: [
    "Der Browser gab nicht rechtzeitig Antwort.",
    "Melden Sie sich erneut an und beenden Sie es im Browserfenster, das sich öffnet.",
  ],
  oauth_cancelled: ["Die Anmeldung wurde abgebrochen.", ""],
  oauth_port_busy: [
    "Ein anderes Programm benutzt den Anschluss, an dem die Antwort des Browsers erwartet wird.",
    "Schließen Sie das Programm, oder registrieren und setzen Sie eine andere Redirect-URI.",
  ],
  oauth_port_unavailable: [
    "Der Anschluss, an dem die Antwort des Browsers erwartet wird, ist nicht verfügbar.",
    "Registrieren und setzen Sie eine andere Redirect-URI.",
  ],
  oauth_invalid_redirect: [
    "An der Redirect-URI kann nicht gelauscht werden.",
    "Setzen Sie die Redirect-URI, die für die App registriert ist.",
  ],
  oauth_server_error: [
    "Mapillary hat die Anmeldung mit einem Fehler beendet.",
    "Prüfen Sie ID, Geheimnis und Redirect-URI der App und melden Sie sich erneut an.",
  ],
  files_refused: ["Einige Dateien können nicht verwendet werden.", "Bei jeder steht, was hilft."],
  zero_filled: [
    "Die Datei beginnt mit Tausenden von Nullen: Ihr Inhalt wurde nie geschrieben.",
    "Kopieren Sie sie erneut von der Karte.",
  ],
  not_a_track_file: [
    "Die Datei ist weder GPX noch NMEA.",
    "Wählen Sie eine solche; KML, FIT und TCX lassen sich umwandeln.",
  ],
  track_file_too_large: [
    "Die Spurdatei ist größer als 64 MiB oder hat über eine Million Punkte.",
    "Kürzen Sie sie auf die Tage dieser Aufnahmen.",
  ],
  track_file_damaged: [
    "Die GPX-Datei bricht vor ihrem ersten Punkt ab.",
    "Kopieren Sie sie erneut vom Gerät.",
  ],
  track_file_empty: [
    "Die Spurdatei enthält keinen Punkt mit Ort und Zeit.",
    "Wählen Sie die Datei mit der aufgezeichneten Spur.",
  ],
  track_is_route: [
    "Die GPX-Datei enthält eine geplante Route, keine Aufzeichnung.",
    "Exportieren Sie die aufgezeichnete Spur.",
  ],
  track_without_times: [
    "Die Punkte der Spur tragen keine Zeiten.",
    "Exportieren Sie die aufgezeichnete Spur mit ihren Zeiten.",
  ],
  track_without_date: [
    "Die NMEA-Sätze nennen die Uhrzeit, aber kein Datum.",
    "Lassen Sie den Empfänger auch RMC aufzeichnen, oder exportieren Sie die Spur als GPX.",
  ],
  description_file: [
    "Die Beschreibungsdatei kann nicht verwendet werden.",
    "Erstellen Sie sie neu mit „waypost process“.",
  ],
  description_entry: [
    "Ein Eintrag der Beschreibung verletzt ihre Regeln.",
    "Erstellen Sie sie neu mit „waypost process“.",
  ],
  video_not_packable: [
    "Das Video lässt sich nicht zum Senden umpacken.",
    "Kopieren Sie es erneut von der Karte; hilft das nicht, lassen Sie es weg.",
  ],
  invalid_zip: ["Die Zip-Datei kann nicht hochgeladen werden.", "Erstellen Sie sie neu mit „waypost zip“."],
  nothing_to_send: ["Es gibt nichts zu senden.", "Wählen Sie Fotos, die gesendet werden können."],
  source_changed: [
    "Eine Datei hat sich zwischen Lesen und Senden geändert.",
    "Fügen Sie den Ordner erneut hinzu, damit er gelesen wird, wie er jetzt ist.",
  ],
  source_unreadable: [
    "Was gesendet werden sollte, war nicht lesbar.",
    "Prüfen Sie, ob die Karte oder der Datenträger noch da ist, und versuchen Sie es erneut.",
  ],
  already_sent: ["Diese Fotos wurden schon an dieses Konto gesendet.", "Im Verlauf steht, wo sie sind."],
  connection: [
    "Die Verbindung kam nicht zustande oder brach ab.",
    "Prüfen Sie das Netz; Waypost macht von selbst weiter, sobald es da ist.",
  ],
  dns: [
    "Der Dienst ist nicht zu finden: Meist fehlt das Netz.",
    "Prüfen Sie das Netz; Waypost macht von selbst weiter, sobald es da ist.",
  ],
  tls: [
    "Eine sichere Verbindung kam nicht zustande.",
    "Prüfen Sie das Datum des Computers. In einem Netz, das mitliest, muss dessen Zertifikat im System installiert sein.",
  ],
  captive_portal: [
    "Statt einer Antwort kam eine Webseite: Das Netz verlangt eine eigene Anmeldung.",
    "Öffnen Sie eine Seite im Browser und melden Sie sich am Netz an, oder nutzen Sie ein anderes.",
  ],
  network_setup: [
    "Der Netzzugang konnte nicht eingerichtet werden.",
    "Prüfen Sie die Proxy-Einstellungen und die Zertifikate des Systems.",
  ],
  timeout: [
    "Der Dienst hat nicht rechtzeitig geantwortet.",
    "Es ist nichts zu tun: Waypost versucht es von selbst erneut.",
  ],
  server_status: [
    "Mapillary hat mit einem Fehler geantwortet.",
    "Versuchen Sie es später erneut; bleibt es dabei, melden Sie es mit der Meldung darunter.",
  ],
  rate_limited: [
    "Mapillary bittet um eine Pause.",
    "Es ist nichts zu tun: Waypost versucht es von selbst erneut.",
  ],
  redirect: [
    "Der Dienst wollte die Anfrage umleiten. Dem wird nicht gefolgt, weil die Anmeldung mitginge.",
    "Prüfen Sie die Adresse des Dienstes in den Einstellungen.",
  ],
  query_too_heavy: [
    "Die Frage war dem Dienst zu groß.",
    "Fragen Sie nach einem kleineren Gebiet oder einer kürzeren Zeit.",
  ],
  take_out_folder: [
    "In diesen Ordner kann nichts geholt werden.",
    "Wählen Sie einen leeren Ordner, oder dieselbe Auswahl, mit der dieser Ordner begonnen wurde.",
  ],
  not_enough_space: [
    "Der Datenauszug passt nicht auf den Datenträger.",
    "Wählen Sie einen anderen Datenträger, kleinere Bilder oder weniger Sequenzen.",
  ],
  nothing_to_take_out: [
    "Es gibt kein Bild zu holen.",
    "Wählen Sie andere Sequenzen oder einen längeren Zeitraum.",
  ],
  nothing_to_continue: [
    "Es gibt keinen Datenauszug, der fortgesetzt werden könnte.",
    "Beginnen Sie einen neuen.",
  ],
  image_not_available: [
    "Mapillary gibt dieses Bild nicht heraus.",
    "Es wurde vielleicht gelöscht; sehen Sie bei Mapillary nach und setzen Sie dann fort.",
  ],
  picture_damaged: [
    "Was Mapillary liefert, ist kein ganzes JPEG-Bild.",
    "Setzen Sie den Datenauszug später fort: es wird noch einmal geholt.",
  ],
  file_in_the_way: [
    "Eine Datei dieses Namens liegt schon da und stammt nicht von diesem Datenauszug.",
    "Legen Sie die Datei anderswohin und setzen Sie fort.",
  ],
  dataset_file: ["Eine Datei der Kette ist nicht lesbar.", "Erzeugen Sie sie mit der Stufe davor neu."],
  link_expired: [
    "Der Link zu einem Bild gilt nicht mehr.",
    "Setzen Sie den Datenauszug fort: es wird ein neuer Link geholt.",
  ],
  webhook_refused: [
    "Die Adresse hat die Übergabe nicht angenommen.",
    "Prüfen Sie die Adresse mit ihrem Betreiber und senden Sie die Übergabe noch einmal.",
  ],
  feed_refused: [
    "Die Liste der Aktivitäten steht dieser Anmeldung nicht offen.",
    "Es ist nichts zu tun: Stattdessen wird die Bildersuche verwendet.",
  ],
  too_many_results: [
    "Es kamen mehr Ergebnisse, als eine Frage bringen darf.",
    "Fragen Sie nach einem kleineren Gebiet oder einer kürzeren Zeit.",
  ],
  unusable_answer: [
    "Die Antwort des Dienstes ist nicht zu gebrauchen.",
    "Versuchen Sie es später erneut; bleibt es dabei, ist vielleicht eine neuere Fassung von Waypost nötig.",
  ],
  offset_beyond_end: [
    "Der Dienst will mehr von dem Upload haben, als es gibt.",
    "Versuchen Sie es erneut: Es wird unter neuem Namen frisch gesendet.",
  ],
  no_handle: [
    "Alles soll gesendet sein, aber der Beleg dafür fehlt.",
    "Versuchen Sie es erneut: Es wird frisch gesendet.",
  ],
  outside_hours: [
    "Der Zeitplan sendet zu dieser Stunde nichts.",
    "Es geht von selbst weiter; die Stunden stehen in den Einstellungen.",
  ],
  finish_unanswered: [
    "Mapillary hat die Übergabe nicht brauchbar beantwortet.",
    "Waypost sieht bei Mapillary nach, ob es da ist.",
  ],
  finish_without_cluster: [
    "Mapillary hat den Upload genommen, aber nicht benannt.",
    "Sehen Sie Ihre Uploads bei Mapillary an, bevor Sie ihn erneut senden.",
  ],
  finish_doubtful: [
    "Ob Mapillary den Upload genommen hat, ließ sich nicht klären.",
    "Sehen Sie in Ihrem Mapillary-Profil nach, und wählen Sie dann „Es ist da“ oder „Nicht da: erneut übergeben“.",
  ],
  processing_failed: [
    "Mapillary hat den Upload genommen und konnte ihn nicht verarbeiten.",
    "Senden Sie ihn erneut, wenn die Fotos gut sind; es wird ein neuer Upload.",
  ],
  lost_at_service: [
    "Mapillary führt den Upload nicht mehr, und keines seiner Bilder ist zu sehen.",
    "Sehen Sie in Ihrem Mapillary-Profil nach; ist er nicht da, senden Sie ihn als neuen Upload.",
  ],
  heic_not_supported: [
    "HEIC- und AVIF-Bilder nimmt Mapillary nicht.",
    "Exportieren Sie es als JPEG mit seinen GPS-Daten.",
  ],
  header_too_long: [
    "Der Kopf der Datei ist länger, als ihn eine Kamera schreibt.",
    "Kopieren Sie sie erneut von der Karte.",
  ],
  exif_too_large: [
    "Der EXIF-Block nennt mehr Felder, als eine Kamera schreibt.",
    "Kopieren Sie sie erneut von der Karte.",
  ],
  exif_damaged: ["Teile des EXIF-Blocks sind nicht lesbar.", "Kopieren Sie sie erneut von der Karte."],
  segment_too_long: ["Der EXIF-Block wäre länger, als ein JPEG ihn fassen kann.", "Lassen Sie das Foto weg."],
  description_not_ascii: ["Eine Beschreibung enthielt Zeichen, die nicht geschrieben werden können.", ""],
  io: [
    "Karte, Datenträger oder Netzlaufwerk konnten nicht gelesen werden.",
    "Prüfen Sie, ob sie noch da sind.",
  ],
  header_damaged: ["Der Kopf des JPEG ist beschädigt; was lesbar war, wird verwendet.", ""],
  picture_missing: ["Auf den Kopf folgen keine Bilddaten.", "Kopieren Sie sie erneut von der Karte."],
  xmp_damaged: ["Der XMP-Block ist beschädigt; was davor stand, wird verwendet.", ""],
  gps_reference_missing: ["Koordinaten ohne Himmelsrichtung werden nicht verwendet.", ""],
  gps_unreadable: ["Die Koordinaten sind keine Zahlen.", ""],
  gps_out_of_range: ["Diese Koordinaten gibt es auf der Erde nicht.", ""],
  gps_time_invalid: ["GPS-Datum und -Zeit nennen keinen möglichen Moment.", ""],
  heading_invalid: ["Die Blickrichtung ist kein Winkel.", ""],
  date_zeroed: ["Das Datum ist leer: Die Kamera kannte die Zeit nicht.", ""],
  date_unreadable: ["Das Datum ist nicht lesbar.", ""],
  track_empty: ["Die GPS-Spur hat keinen Punkt innerhalb des Videos.", ""],
  track_point_invalid: ["Ein Punkt der Spur hat keine mögliche Zeit und keinen möglichen Ort.", ""],
  point_impossible: ["Eine Position wurde weggelassen: Es gibt sie auf der Erde nicht.", ""],
  point_cut_out: ["Eine Position wurde weggelassen: Sie liegt im abgeschnittenen Teil.", ""],
  point_of_drone: ["Eine Position wurde weggelassen: Die Drohne hat sie gemessen.", ""],
  point_without_fix: ["Eine Position wurde weggelassen: Der Empfänger hatte keine Ortung.", ""],
  point_imprecise: ["Eine Position wurde weggelassen: Sie ist zu ungenau.", ""],
  point_null_island: ["Eine Position wurde weggelassen: Sie ist genau 0°, 0°.", ""],
  point_outlier: ["Eine Position wurde weggelassen: Sie liegt abseits der übrigen Spur.", ""],
  sandbox_listen: ["Der Übungsdienst kann an seinem Anschluss nicht lauschen.", "Wählen Sie einen anderen."],
  sandbox_data_folder: [
    "Der Übungsdienst kann seinen Datenordner nicht benutzen.",
    "Wählen Sie einen beschreibbaren.",
  ],
  sandbox_data_folder_in_use: [
    "Ein anderer Übungsdienst benutzt den Datenordner.",
    "Halten Sie ihn an, oder wählen Sie einen anderen Ordner.",
  ],
  sandbox_damaged_state: [
    "Eine Datei im Ordner des Übungsdienstes ist beschädigt.",
    "Löschen Sie den Ordner, um neu zu beginnen.",
  ],
  sandbox_redirect_uri: ["Die Redirect-URI des Übungsdienstes ist keine.", ""],
  sandbox_random: ["Das System liefert keine Zufallszahlen.", ""],
  target_exists: ["Ein Übungsfoto würde eine Datei überschreiben.", "Wählen Sie einen leeren Ordner."],
  not_written: ["Ein Übungsfoto konnte nicht geschrieben werden.", "Wählen Sie einen beschreibbaren Ordner."],
  picture_size: ["Ein Übungsbild dieser Größe lässt sich nicht zeichnen.", ""],
  value_out_of_range: ["Ein Übungsfoto kann diesen Wert nicht enthalten.", ""],
  time_out_of_range: ["Ein Übungsfoto kann diese Zeit nicht enthalten.", ""],
  jpeg_not_encoded: ["Ein Übungsbild ließ sich nicht komprimieren.", ""],
  exif_not_written: ["Der EXIF-Block eines Übungsfotos ließ sich nicht schreiben.", ""],
  video_not_possible: ["Ein solches Übungsvideo lässt sich nicht herstellen.", ""],
  practice_unavailable: [
    "Der Übungsmodus konnte seinen Server nicht starten.",
    "Schließen Sie Programme, die viele Anschlüsse benutzen, und versuchen Sie es erneut.",
  ],
};
