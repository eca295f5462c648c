//! What the desktop itself shows and the page cannot: dialogs, questions, notifications, the menu bar of macOS. One list;
//! a language without one of its sentences does not compile.
//!
//! The page has its own texts (`ui/src/i18n`) and speaks the same three languages.

/// The sentences of a language. Braces hold a value.
#[derive(Debug)]
pub struct NativeWords {
    /// Its tag, as in the settings.
    pub language: &'static str,
    /// Title of the message that says why there is no window.
    pub cannot_start: &'static str,
    /// Title of the question before quitting.
    pub quit_title: &'static str,
    /// Quits. Also the menu's words for it.
    pub quit: &'static str,
    /// Does not quit.
    pub stay: &'static str,
    /// What goes on next time: one upload.
    pub goes_on_one: &'static str,
    /// What goes on next time: `{n}` uploads, more than one.
    pub goes_on: &'static str,
    /// Title of the dialog for a folder to read.
    pub choose_folder: &'static str,
    /// Title of the dialog for a track file.
    pub choose_track: &'static str,
    /// Title of the dialog for the folder of a dry run.
    pub choose_packages: &'static str,
    /// Title of the dialog for the folder of a take-out.
    pub choose_take_out: &'static str,
    /// Title of the dialog for the folder of a hand-over record.
    pub choose_record: &'static str,
    /// Title of the dialog for the folder of the diagnostics.
    pub choose_diagnostics: &'static str,
    /// Titles of the notifications.
    pub published: &'static str,
    /// See `published`.
    pub on_map: &'static str,
    /// See `published`.
    pub failed: &'static str,
    /// See `published`.
    pub needs_sign_in: &'static str,
    /// See `published`.
    pub finish_unknown: &'static str,
    /// See `published`.
    pub source_changed: &'static str,
    /// See `published`.
    pub lost: &'static str,
    /// What follows the upload's name and a colon: one image is visible.
    pub visible_one: &'static str,
    /// … `{n}` images are visible.
    pub visible: &'static str,
    /// … `{n}` of `{all}` images are visible.
    pub visible_part: &'static str,
    /// … the upload is drawn on the map.
    pub drawn: &'static str,
    /// … why something went wrong is said in the window; `None` says it in English, in the problem's own words.
    pub see_window: Option<&'static str>,
    /// The menu bar of macOS.
    pub menu: MenuWords,
}

/// The menu bar of macOS. Items follow Apple's own names of them.
#[derive(Debug)]
pub struct MenuWords {
    /// About the program.
    pub about: &'static str,
    /// Who Waypost does not belong to.
    pub not_affiliated: &'static str,
    /// Services of other programs.
    pub services: &'static str,
    /// Hides the program.
    pub hide: &'static str,
    /// Hides all others.
    pub hide_others: &'static str,
    /// Shows all again.
    pub show_all: &'static str,
    /// Quits, with the program's name.
    pub quit: &'static str,
    /// The menu of changes to a text.
    pub edit: &'static str,
    /// Takes a change back.
    pub undo: &'static str,
    /// Does it again.
    pub redo: &'static str,
    /// Cuts.
    pub cut: &'static str,
    /// Copies.
    pub copy: &'static str,
    /// Pastes.
    pub paste: &'static str,
    /// Selects all.
    pub select_all: &'static str,
    /// The menu of the window.
    pub window: &'static str,
    /// Puts the window into the dock.
    pub minimize: &'static str,
    /// Makes the window as large as its content wants.
    pub zoom: &'static str,
    /// Fills the screen.
    pub fullscreen: &'static str,
}

/// English, also for whoever speaks none of the others.
pub static ENGLISH: NativeWords = NativeWords {
    language: "en",
    cannot_start: "Waypost cannot start",
    quit_title: "Quit Waypost?",
    quit: "Quit",
    stay: "Stay",
    goes_on_one: "1 upload will go on next time.",
    goes_on: "{n} uploads will go on next time.",
    choose_folder: "Choose a folder of photos or videos",
    choose_track: "Choose a GPX or NMEA track",
    choose_packages: "Choose a folder for the packages",
    choose_take_out: "Choose a folder for the take-out",
    choose_record: "Choose a folder for the record",
    choose_diagnostics: "Choose a folder for the diagnostics",
    published: "Published",
    on_map: "On the map",
    failed: "Upload failed",
    needs_sign_in: "Sign in to go on",
    finish_unknown: "Please have a look",
    source_changed: "Files have changed",
    lost: "No longer listed",
    visible_one: "1 image can be seen at Mapillary.",
    visible: "{n} images can be seen at Mapillary.",
    visible_part: "{n} of {all} images can be seen at Mapillary.",
    drawn: "it is drawn on the map now.",
    see_window: None,
    menu: MenuWords {
        about: "About Waypost",
        not_affiliated: "Not affiliated with Mapillary, Meta or GoPro.",
        services: "Services",
        hide: "Hide Waypost",
        hide_others: "Hide Others",
        show_all: "Show All",
        quit: "Quit Waypost",
        edit: "Edit",
        undo: "Undo",
        redo: "Redo",
        cut: "Cut",
        copy: "Copy",
        paste: "Paste",
        select_all: "Select All",
        window: "Window",
        minimize: "Minimize",
        zoom: "Zoom",
        fullscreen: "Enter Full Screen",
    },
};

/// German.
pub static GERMAN: NativeWords = NativeWords {
    language: "de",
    cannot_start: "Waypost kann nicht starten",
    quit_title: "Waypost beenden?",
    quit: "Beenden",
    stay: "Bleiben",
    goes_on_one: "1 Upload geht beim nächsten Mal weiter.",
    goes_on: "{n} Uploads gehen beim nächsten Mal weiter.",
    choose_folder: "Ordner mit Fotos oder Videos wählen",
    choose_track: "GPX- oder NMEA-Track wählen",
    choose_packages: "Ordner für die Pakete wählen",
    choose_take_out: "Ordner für den Datenauszug wählen",
    choose_record: "Ordner für den Datensatz wählen",
    choose_diagnostics: "Ordner für die Diagnose wählen",
    published: "Veröffentlicht",
    on_map: "Auf der Karte",
    failed: "Upload fehlgeschlagen",
    needs_sign_in: "Zum Weitermachen anmelden",
    finish_unknown: "Bitte nachsehen",
    source_changed: "Dateien haben sich geändert",
    lost: "Nicht mehr aufgeführt",
    visible_one: "1 Bild ist bei Mapillary zu sehen.",
    visible: "{n} Bilder sind bei Mapillary zu sehen.",
    visible_part: "{n} von {all} Bildern sind bei Mapillary zu sehen.",
    drawn: "ist jetzt auf der Karte eingezeichnet.",
    see_window: Some("Warum, steht in Waypost."),
    menu: MenuWords {
        about: "Über Waypost",
        not_affiliated: "Keine Verbindung zu Mapillary, Meta oder GoPro.",
        services: "Dienste",
        hide: "Waypost ausblenden",
        hide_others: "Andere ausblenden",
        show_all: "Alle einblenden",
        quit: "Waypost beenden",
        edit: "Bearbeiten",
        undo: "Widerrufen",
        redo: "Wiederholen",
        cut: "Ausschneiden",
        copy: "Kopieren",
        paste: "Einsetzen",
        select_all: "Alles auswählen",
        window: "Fenster",
        minimize: "Im Dock ablegen",
        zoom: "Zoomen",
        fullscreen: "Vollbildmodus",
    },
};

/// French.
pub static FRENCH: NativeWords = NativeWords {
    language: "fr",
    cannot_start: "Waypost ne peut pas démarrer",
    quit_title: "Quitter Waypost ?",
    quit: "Quitter",
    stay: "Rester",
    goes_on_one: "1 envoi continuera la prochaine fois.",
    goes_on: "{n} envois continueront la prochaine fois.",
    choose_folder: "Choisir un dossier de photos ou de vidéos",
    choose_track: "Choisir une trace GPX ou NMEA",
    choose_packages: "Choisir un dossier pour les paquets",
    choose_take_out: "Choisir un dossier pour l’extraction",
    choose_record: "Choisir un dossier pour les données",
    choose_diagnostics: "Choisir un dossier pour le diagnostic",
    published: "Publié",
    on_map: "Sur la carte",
    failed: "Échec de l’envoi",
    needs_sign_in: "Connectez-vous pour continuer",
    finish_unknown: "À vérifier",
    source_changed: "Des fichiers ont changé",
    lost: "N’est plus listé",
    visible_one: "1 image est visible chez Mapillary.",
    visible: "{n} images sont visibles chez Mapillary.",
    visible_part: "{n} images sur {all} sont visibles chez Mapillary.",
    drawn: "figure maintenant sur la carte.",
    see_window: Some("Waypost dit pourquoi."),
    menu: MenuWords {
        about: "À propos de Waypost",
        not_affiliated: "Sans lien avec Mapillary, Meta ou GoPro.",
        services: "Services",
        hide: "Masquer Waypost",
        hide_others: "Masquer les autres",
        show_all: "Tout afficher",
        quit: "Quitter Waypost",
        edit: "Édition",
        undo: "Annuler",
        redo: "Rétablir",
        cut: "Couper",
        copy: "Copier",
        paste: "Coller",
        select_all: "Tout sélectionner",
        window: "Fenêtre",
        minimize: "Placer dans le Dock",
        zoom: "Réduire/agrandir",
        fullscreen: "Activer le mode plein écran",
    },
};

/// The sentences for a setting: `en`, `de`, `fr`, or for `system` the first of the `system` languages (such as
/// `de-AT`, best first) that is known, or English. The page chooses in the same way.
pub fn native_words<T: AsRef<str>>(setting: &str, system: &[T]) -> &'static NativeWords {
    let known = |tag: &str| {
        let all: [&'static NativeWords; 3] = [&ENGLISH, &GERMAN, &FRENCH];
        all.into_iter().find(|words| words.language.eq_ignore_ascii_case(tag))
    };
    let primary = |tag: &str| known(tag.split(['-', '_', '.']).next().unwrap_or_default());
    known(setting)
        .or_else(|| system.iter().find_map(|tag| primary(tag.as_ref())))
        .unwrap_or(&ENGLISH)
}

/// `sentence` with its values in the place of their names.
pub(crate) fn filled(sentence: &str, values: &[(&str, u64)]) -> String {
    values.iter().fold(sentence.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), &value.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const ALL: [&NativeWords; 3] = [&ENGLISH, &GERMAN, &FRENCH];

    /// The sentences by name, as the compiler lists them.
    fn sentences(words: &NativeWords) -> BTreeMap<String, String> {
        let shown = format!("{words:#?}");
        let lines = shown
            .lines()
            .filter_map(|line| line.trim().trim_end_matches(',').split_once(": "));
        lines
            .filter(|(_, text)| text.starts_with('"'))
            .map(|(name, text)| (name.to_owned(), text.trim_matches('"').replace("\\u{202f}", "\u{202f}")))
            .collect()
    }

    #[test]
    fn every_sentence_is_there_in_every_language_with_the_same_values() {
        let english = sentences(&ENGLISH);
        assert!(english.len() > 40, "{english:?}");
        let values = |text: &str| -> Vec<String> {
            let mut names: Vec<String> = text
                .split('{')
                .skip(1)
                .map(|part| part.split('}').next().unwrap().into())
                .collect();
            names.sort();
            names
        };
        for words in ALL {
            let own = sentences(words);
            assert!(own.keys().eq(english.keys()), "{}", words.language);
            for (name, text) in &own {
                assert!(!text.trim().is_empty(), "{}: {name}", words.language);
                assert_eq!(values(text), values(&english[name]), "{}: {name}", words.language);
            }
            assert_eq!(words.see_window.is_none(), words.language == "en");
        }
    }

    #[test]
    fn a_setting_decides_and_the_system_where_the_setting_says_so() {
        for (setting, system, language) in [
            ("de", &["fr-FR"][..], "de"),
            ("system", &["de-AT", "en"], "de"),
            ("system", &["it-IT", "fr_CA.UTF-8", "de"], "fr"),
            ("system", &["C"], "en"),
            ("system", &[], "en"),
            ("tlh", &["DE"], "de"),
        ] {
            assert_eq!(native_words(setting, system).language, language, "{setting} {system:?}");
        }
    }
}
