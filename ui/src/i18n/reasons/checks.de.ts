// What each check of files means, in German.
import type { Checks } from "./checks.en";

export const checks: Checks = {
  no_position: {
    title: "Fotos ohne GPS-Position",
    what: "Mapillary ordnet ein Foto nach der Position ein, die in ihm steht. Waypost liest EXIF und XMP und sucht Breite und Länge mit ihren Himmelsrichtungen.",
    action: "Geben Sie ihm die Position aus einer GPX-Spur, oder lassen Sie es weg.",
  },
  null_island: {
    title: "Fotos bei 0° N 0° O",
    what: "Ein Empfänger ohne Ortung schreibt oft genau 0°, 0°, einen Punkt im Atlantik. Eine solche Position ist erfunden.",
    action: "Lassen Sie es weg, oder nehmen Sie die Position aus einer GPX-Spur.",
  },
  no_time: {
    title: "Fotos ohne Aufnahmezeit",
    what: "Die Zeit ordnet Fotos zu einer Sequenz. Dieses Foto nennt keine, oder die Uhr der Kamera war nicht gestellt.",
    action: "Schreiben Sie die Aufnahmezeit hinein, oder lassen Sie es weg.",
  },
  time_zone_unknown: {
    title: "Fotos, deren Uhr keine Zeitzone nennt",
    what: "Das Foto sagt, wann es entstand, aber nicht in welcher Zeitzone. Waypost rät das nie stillschweigend.",
    action: "Sagen Sie, auf welche Zeitzone die Uhr der Kamera gestellt war.",
  },
  outside_track: {
    title: "Aufnahmen vor oder nach der Spur",
    what: "Die Positionen sollten aus einer Spurdatei kommen, aber die Spur deckt die Zeit dieser Aufnahme nicht ab.",
    action:
      "Sagen Sie, um wie viel die Uhr der Kamera falsch ging, wählen Sie die Spur jener Zeit, oder lassen Sie die Aufnahme weg.",
  },
  duplicate: {
    title: "Fotos vom selben Ort wie das vorige",
    what: "Fotos, die näher beieinander liegen als der Abstand für Doppelte und um weniger als dessen Winkel gedreht sind, zeigen dasselbe. Das erste wird gesendet.",
    action:
      "Es ist nichts zu tun. Um alle zu senden, verkleinern Sie in den Einstellungen den Abstand für Doppelte.",
  },
  too_fast: {
    title: "Fotos schneller als jedes Fahrzeug",
    what: "Zwischen zwei Fotos hätte sich die Kamera schneller bewegt als jedes Fahrzeug auf der Straße. Dahinter steckt eine falsche Uhr oder Position.",
    action: "Prüfen Sie Datum, Uhrzeit und Position; eine falsche Uhr genügt.",
  },
  zig_zag: {
    title: "Fotos, die aus ihrer Spur springen",
    what: "Die Position verlässt die Spur in scharfem Knick und kehrt gleich zurück, wie es zwischen hohen Häusern vorkommt.",
    action: "Lassen Sie es weg, oder senden Sie es trotzdem, wenn die Spur stimmt.",
  },
  empty_file: {
    title: "Leere Dateien",
    what: "Die Datei hat keinen Inhalt. Zu früh gezogene Karten hinterlassen solche Dateien.",
    action: "Kopieren Sie sie erneut von der Karte.",
  },
  not_a_jpeg: {
    title: "Keine JPEG-Fotos",
    what: "Die ersten Bytes der Datei sind nicht die eines JPEG, was auch immer ihr Name sagt.",
    action: "Lassen Sie sie weg, oder speichern Sie sie als JPEG mit ihren GPS-Daten.",
  },
  format_not_supported: {
    title: "Bilder in einem Format, das Mapillary nicht nimmt",
    what: "Mapillary nimmt JPEG. HEIC, WebP, TIFF, PNG und Rohdaten müssen umgewandelt werden.",
    action: "Exportieren Sie es als JPEG mit seinen GPS-Daten und fügen Sie dieses hinzu.",
  },
  header_truncated: {
    title: "Dateien, die enden, bevor ihr Bild beginnt",
    what: "Nur der Anfang der Datei ist da: halb kopiert oder eine beschädigte Karte.",
    action: "Kopieren Sie sie erneut von der Karte.",
  },
  unreadable: {
    title: "Dateien, die nicht gelesen werden konnten",
    what: "Das System konnte die Datei nicht öffnen oder lesen.",
    action: "Prüfen Sie, ob sie sich öffnen lässt, oder kopieren Sie sie erneut von der Karte.",
  },
  projection_not_supported: {
    title: "360°-Fotos, die nicht zusammengesetzt sind",
    what: "Das Foto enthält die Bilder zweier Objektive nebeneinander. Mapillary zeigt rektangulare Panoramen.",
    action: "Setzen Sie es zu einem rektangularen Panorama zusammen und fügen Sie dieses hinzu.",
  },
  description_invalid: {
    title: "Fotos mit unmöglichen Werten",
    what: "Ein Wert im Foto kann nicht vorkommen, etwa eine Breite über 90°.",
    action: "Berichtigen Sie die Werte im Foto, oder lassen Sie es weg.",
  },
  description_does_not_fit: {
    title: "Fotos, deren EXIF-Block keine Beschreibung aufnimmt",
    what: "Beim Senden fügt Waypost dem EXIF-Block eine Beschreibung hinzu. Dieser Block ist voll oder beschädigt.",
    action:
      "Lassen Sie es weg, oder speichern Sie es neu mit einem Programm, das einen fehlerfreien EXIF-Block schreibt.",
  },
  not_a_video: {
    title: "Dateien, die keine Videos sind",
    what: "Die Datei heißt wie ein Video, ist aber keines.",
    action: "Lassen Sie sie weg.",
  },
  video_format_not_supported: {
    title: "Videos in einem Format, das nicht gesendet werden kann",
    what: "Waypost sendet Videos in MP4, MOV und .360. Dies ist ein anderer Behälter, etwa AVI oder Matroska.",
    action: "Wandeln Sie es ohne neue Kodierung in MP4 um und legen Sie die GPX-Datei des Wegs daneben.",
  },
  video_index_missing: {
    title: "Videos ohne Index",
    what: "Die Aufzeichnung brach ab, oder die Datei wurde nicht bis zum Ende kopiert: Es fehlt die Tabelle, die sagt, wo ihre Bilder liegen.",
    action:
      "Kopieren Sie es erneut von der Karte; eine abgebrochene Aufzeichnung kann die Kamera oft selbst reparieren.",
  },
  video_cut_off: {
    title: "Videos, die abgeschnitten sind",
    what: "Die Datei endet früher, als ihr eigener Index sagt.",
    action: "Kopieren Sie es erneut von der Karte.",
  },
  video_damaged: {
    title: "Videos mit beschädigtem Index",
    what: "Der Index des Videos widerspricht sich selbst.",
    action: "Kopieren Sie es erneut von der Karte.",
  },
  video_too_large: {
    title: "Videos mit zu großem Index",
    what: "Der Index nennt mehr Bilder, als eine Kamera in einer Datei aufzeichnet.",
    action: "Schneiden Sie es in kürzere Videos.",
  },
  video_fragmented: {
    title: "Videos in Fragmenten",
    what: "Das Video ist wie für Streaming zerlegt und lässt sich nicht zum Senden umpacken.",
    action: "Packen Sie es in eine gewöhnliche MP4-Datei um, zum Beispiel mit ffmpeg -c copy.",
  },
  video_without_pictures: {
    title: "Videos ohne Bilder",
    what: "In der Datei ist keine Bildspur.",
    action: "Lassen Sie es weg: Es gibt nichts auf der Karte zu zeigen.",
  },
  video_without_track: {
    title: "Videos ohne GPS-Spur",
    what: "Die Kamera schrieb keine Positionen, oder in unbekannter Form. Bekannt sind GoPro, CAMM und BlackVue.",
    action: "Geben Sie ihm die GPX- oder NMEA-Datei des Wegs, oder lassen Sie es weg.",
  },
  video_track_empty: {
    title: "Videos mit leerer GPS-Spur",
    what: "Das Video hat Telemetrie, aber keine Position darin: GPS war aus, oder die Kamera hat keinen Empfänger.",
    action: "Geben Sie ihm die GPX- oder NMEA-Datei des Wegs, oder lassen Sie es weg.",
  },
  video_track_noise: {
    title: "Videos, deren GPS-Spur nur Rauschen ist",
    what: "Der Empfänger hatte die ganze Zeit keine oder nur eine schlechte Ortung; keine seiner Positionen ist brauchbar.",
    action: "Geben Sie ihm die GPX- oder NMEA-Datei des Wegs, oder lassen Sie es weg.",
  },
  stationary_video: {
    title: "Videos von einem einzigen Ort",
    what: "Die ganze Spur bleibt im Umkreis von zehn Metern um ihren ersten Punkt. Mapillary zeigt Wege, keine Orte.",
    action: "Lassen Sie es weg.",
  },
  file_too_large: {
    title: "Videos, die zu groß sind",
    what: "Mapillary nimmt Videos bis 110 GiB.",
    action: "Schneiden Sie es in kürzere Videos.",
  },
  video_null_island: {
    title: "Videos bei 0° N 0° O",
    what: "Jede Position ist genau 0°, 0°: Die Kamera wusste nicht, wo sie war.",
    action: "Geben Sie ihm die GPX- oder NMEA-Datei des Wegs, oder lassen Sie es weg.",
  },
  video_too_fast: {
    title: "Videos schneller als jedes Fahrzeug",
    what: "Die Spur bewegt sich schneller als jedes Fahrzeug auf der Straße (400 km/h).",
    action: "Prüfen Sie seine GPS-Spur, oder geben Sie ihm die GPX- oder NMEA-Datei des Wegs.",
  },
  cut_off: {
    title: "Fotos, die abgeschnitten sein könnten",
    what: "Dem Bild fehlt die Endmarke. Es wird trotzdem gesendet.",
    action: "Sehen Sie es an; ist der untere Teil grau, kopieren Sie es erneut von der Karte.",
  },
  track_gap: {
    title: "Fotos in einer Lücke der Spur",
    what: "Die Spur hat hier über eine Minute und über 100 m keinen Punkt. Die Position ist auf der Geraden geschätzt.",
    action: "Sehen Sie es auf der Karte an; lassen Sie es weg, wenn es falsch liegt.",
  },
  positions_left_out: {
    title: "Videos mit Positionen, die nicht stimmen können",
    what: "Einige Positionen der Spur waren ohne Ortung, ungenau oder lagen weit abseits. Sie wurden weggelassen; das Video wird mit den übrigen gesendet.",
    action: "Sehen Sie seinen Weg auf der Karte an.",
  },
  time_lapse: {
    title: "Zeitraffer-Videos",
    what: "In der Welt vergeht mehr Zeit als im Video. Es wird gesendet, wie es ist.",
    action: "Es ist nichts zu tun.",
  },
  video_frames_go: {
    title: "Videos, deren Bilder trotz gekürzter Spur gesendet werden",
    what: "Eine Schutzzone oder ein Kürzen nahm Positionen aus der Spur. Die Bilder eines Videos lassen sich nicht schneiden und werden trotzdem gesendet.",
    action:
      "Lassen Sie das Video weg, oder schneiden Sie es mit einem Videoprogramm, wenn es zeigt, was niemand sehen soll.",
  },
};
