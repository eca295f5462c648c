// What each check of files means, in English: its name, what it looks at, and what helps.
/** A check: its name, what it looks at and why, and what helps. */
export interface Check {
  title: string;
  what: string;
  action: string;
}

/** The checks in English, by the code of their finding. */
export const checks = {
  no_position: {
    title: "Photos without a GPS position",
    what: "Mapillary places a photo by the position in it. Waypost reads EXIF and XMP and looks for latitude and longitude with their hemispheres.",
    action: "Give it the position from a GPX track, or leave it out.",
  },
  null_island: {
    title: "Photos at 0° N 0° E",
    what: "A receiver without a fix often writes exactly 0°, 0°, a point in the Atlantic. Such a position is made up.",
    action: "Leave it out, or take the position from a GPX track.",
  },
  no_time: {
    title: "Photos without a capture time",
    what: "Time puts photos into the order of a sequence. This photo names none, or the camera's clock was not set.",
    action: "Write the capture time into it, or leave it out.",
  },
  time_zone_unknown: {
    title: "Photos whose clock names no time zone",
    what: "The photo says when it was taken, but not in which time zone. Waypost never guesses that in silence.",
    action: "Say which time zone the camera's clock was set to.",
  },
  outside_track: {
    title: "Captures from before or after the track",
    what: "Positions were to come from a track file, but the track does not cover the time of this capture.",
    action: "Say by how much the camera's clock was off, choose the track of that time, or leave it out.",
  },
  duplicate: {
    title: "Photos of the same place as the one before",
    what: "Photos closer together than the duplicate distance, and turned by less than its angle, show the same thing. The first is sent.",
    action: "Nothing needs to be done. To send all, lower the duplicate distance in the settings.",
  },
  too_fast: {
    title: "Photos faster than any vehicle",
    what: "Between two photos the camera would have moved faster than any vehicle on a road. A wrong clock or position is behind it.",
    action: "Check date, time and position; one wrong clock is enough.",
  },
  zig_zag: {
    title: "Photos that jump out of their track",
    what: "The position leaves the track sharply and comes back at once, as positions between high houses do.",
    action: "Leave it out, or send it all the same if the track is right.",
  },
  empty_file: {
    title: "Empty files",
    what: "The file has no content. Cards that were pulled too early leave such files behind.",
    action: "Copy it from the card again.",
  },
  not_a_jpeg: {
    title: "Not JPEG photos",
    what: "The file's first bytes are not those of a JPEG, whatever its name says.",
    action: "Leave it out, or save it as a JPEG with its GPS data.",
  },
  format_not_supported: {
    title: "Pictures in a format Mapillary does not take",
    what: "Mapillary takes JPEG. HEIC, WebP, TIFF, PNG and raw files have to be converted.",
    action: "Export it as a JPEG with its GPS data, then add that.",
  },
  header_truncated: {
    title: "Files that end before their picture starts",
    what: "Only the beginning of the file is there: half copied, or a damaged card.",
    action: "Copy it from the card again.",
  },
  unreadable: {
    title: "Files that could not be read",
    what: "The system could not open or read the file.",
    action: "Check that it can be opened, or copy it from the card again.",
  },
  projection_not_supported: {
    title: "360° photos that are not stitched",
    what: "The photo holds the pictures of two lenses side by side. Mapillary shows equirectangular panoramas.",
    action: "Stitch it to an equirectangular panorama, then add that.",
  },
  description_invalid: {
    title: "Photos with impossible values",
    what: "A value in the photo cannot exist, such as a latitude beyond 90°.",
    action: "Correct the values in the photo, or leave it out.",
  },
  description_does_not_fit: {
    title: "Photos whose EXIF block takes no description",
    what: "While sending, Waypost adds a description to the EXIF block. This block is full or damaged.",
    action: "Leave it out, or save it anew with a program that writes a sound EXIF block.",
  },
  not_a_video: {
    title: "Files that are not videos",
    what: "The file has a video's name but not its content.",
    action: "Leave it out.",
  },
  video_format_not_supported: {
    title: "Videos in a format that cannot be sent",
    what: "Waypost sends MP4, MOV and .360 videos. This is another container, such as AVI or Matroska.",
    action: "Convert it to MP4 without encoding it anew, and put the GPX file of the way beside it.",
  },
  video_index_missing: {
    title: "Videos without an index",
    what: "The recording was cut off, or the file was not copied to its end: the table that says where its frames are is missing.",
    action:
      "Copy it from the card again; a recording that was cut off can often be repaired by the camera itself.",
  },
  video_cut_off: {
    title: "Videos that are cut off",
    what: "The file ends before its own index says.",
    action: "Copy it from the card again.",
  },
  video_damaged: {
    title: "Videos whose index is damaged",
    what: "The video's index contradicts itself.",
    action: "Copy it from the card again.",
  },
  video_too_large: {
    title: "Videos whose index is too large",
    what: "The index names more frames than any camera records in one file.",
    action: "Cut it into shorter videos.",
  },
  video_fragmented: {
    title: "Videos in fragments",
    what: "The video is cut up as for streaming and cannot be repacked for sending.",
    action: "Repack it as a plain MP4 file, for example with ffmpeg -c copy.",
  },
  video_without_pictures: {
    title: "Videos without pictures",
    what: "There is no track with pictures in the file.",
    action: "Leave it out: there is nothing to show on the map.",
  },
  video_without_track: {
    title: "Videos without a GPS track",
    what: "The camera wrote no positions, or in a form that is not known. Known are GoPro, CAMM and BlackVue.",
    action: "Give it the GPX or NMEA file of the way, or leave it out.",
  },
  video_track_empty: {
    title: "Videos whose GPS track is empty",
    what: "The video has telemetry but no position in it: GPS was off, or the camera has no receiver.",
    action: "Give it the GPX or NMEA file of the way, or leave it out.",
  },
  video_track_noise: {
    title: "Videos whose GPS track is nothing but noise",
    what: "The receiver had no fix, or a bad one, all the time, so that none of its positions can be used.",
    action: "Give it the GPX or NMEA file of the way, or leave it out.",
  },
  stationary_video: {
    title: "Videos taken at one place",
    what: "The whole track stays within ten metres of its first point. Mapillary shows ways, not places.",
    action: "Leave it out.",
  },
  file_too_large: {
    title: "Videos that are too large",
    what: "Mapillary takes videos up to 110 GiB.",
    action: "Cut it into shorter videos.",
  },
  video_null_island: {
    title: "Videos at 0° N 0° E",
    what: "Every position is exactly 0°, 0°: the camera did not know where it was.",
    action: "Give it the GPX or NMEA file of the way, or leave it out.",
  },
  video_too_fast: {
    title: "Videos faster than any vehicle",
    what: "The track moves faster than any vehicle on a road (400 km/h).",
    action: "Check its GPS track, or give it the GPX or NMEA file of the way.",
  },
  cut_off: {
    title: "Photos that may be cut off",
    what: "The picture has no end mark. It is sent all the same.",
    action: "Look at it; if its lower part is grey, copy it from the card again.",
  },
  track_gap: {
    title: "Photos in a gap of the track",
    what: "The track has no point here for more than a minute and more than 100 m. The position is a guess on the straight way.",
    action: "Look at it on the map; leave it out if it is wrong.",
  },
  positions_left_out: {
    title: "Videos with positions that cannot be right",
    what: "Some positions of the track had no fix, were imprecise or lay far off. They were left out; the video is sent with the others.",
    action: "Look at its way on the map.",
  },
  time_lapse: {
    title: "Time-lapse videos",
    what: "More time passes in the world than in the video. It is sent as it is.",
    action: "Nothing needs to be done.",
  },
  video_frames_go: {
    title: "Videos whose pictures are sent although their track was cut",
    what: "A privacy zone or a trim took positions out of the track. The pictures of a video cannot be cut and are sent all the same.",
    action: "Leave the video out, or cut it with a video editor, if it shows what nobody should see.",
  },
} satisfies Record<string, Check>;

/** The checks of a language. */
export type Checks = Record<keyof typeof checks, Check>;
