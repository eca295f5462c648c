//! The smallest H.264 that players accept: flat grey pictures, then pictures that repeat them.
//!
//! Constrained Baseline with CAVLC (ITU-T H.264 §7.3). Every macroblock of an IDR picture is
//! "Intra 16x16, predict the mean, no residual": eight bits. Every other picture says once that
//! all its macroblocks are skipped.

/// Parameter sets and frames for one picture size.
#[derive(Debug)]
pub(super) struct GreyVideo {
    width_px: u32,
    height_px: u32,
}

impl GreyVideo {
    pub(super) fn new(width_px: u16, height_px: u16) -> Self {
        Self {
            width_px: width_px.into(),
            height_px: height_px.into(),
        }
    }

    fn macroblocks(&self) -> (u32, u32) {
        (self.width_px.div_ceil(16), self.height_px.div_ceil(16))
    }

    /// The `AVCDecoderConfigurationRecord` (ISO/IEC 14496-15 §5.3.3): the content of `avcC`.
    pub(super) fn decoder_configuration(&self) -> Vec<u8> {
        let (sequence, picture) = (self.sequence_parameters(), picture_parameters());
        let four_byte_lengths = 0xFC | 3;
        let mut record = vec![1, sequence[1], sequence[2], sequence[3], four_byte_lengths];
        for (count, set) in [(0xE0 | 1, &sequence), (1, &picture)] {
            record.push(count);
            record.extend_from_slice(&u16::try_from(set.len()).unwrap_or(u16::MAX).to_be_bytes());
            record.extend_from_slice(set);
        }
        record
    }

    fn sequence_parameters(&self) -> Vec<u8> {
        let (columns, rows) = self.macroblocks();
        let mut bits = Bits::default();
        bits.fixed(66, 8); // Baseline
        bits.fixed(0xC0, 8); // constrained
        bits.fixed(51, 8); // level 5.1
        bits.unsigned(0); // seq_parameter_set_id
        bits.unsigned(0); // frame_num has 4 bits
        bits.unsigned(2); // pictures come in the order they are shown
        bits.unsigned(1); // one reference picture
        bits.fixed(0, 1); // no gaps in frame_num
        bits.unsigned(columns - 1);
        bits.unsigned(rows - 1);
        bits.fixed(1, 1); // frames only
        bits.fixed(1, 1); // direct_8x8_inference
        let (cut_right, cut_below) = (columns * 16 - self.width_px, rows * 16 - self.height_px);
        let cropped = cut_right > 1 || cut_below > 1;
        bits.fixed(cropped.into(), 1);
        if cropped {
            // In units of two pixels, as chroma has half the size.
            for edge in [0, cut_right / 2, 0, cut_below / 2] {
                bits.unsigned(edge);
            }
        }
        bits.fixed(0, 1); // no VUI
        bits.into_unit(0x67)
    }

    /// One frame as it stands in the file, each unit behind its length: a whole picture at the
    /// head of a group, otherwise a repetition. Filler makes it at least `least_bytes` long.
    pub(super) fn frame(&self, index_in_group: u32, least_bytes: usize) -> Vec<u8> {
        let unit = if index_in_group == 0 {
            self.key_unit()
        } else {
            self.repeated_unit(index_in_group)
        };
        let mut frame = with_length(&unit);
        let filler_frame = 4 + 2; // length, head and stop bit
        let missing = least_bytes.saturating_sub(frame.len());
        if missing > 0 {
            let mut filler = vec![0xFF; missing.saturating_sub(filler_frame) + 2];
            filler[0] = 0x0C;
            if let Some(stop) = filler.last_mut() {
                *stop = 0x80;
            }
            frame.extend(with_length(&filler));
        }
        frame
    }

    fn key_unit(&self) -> Vec<u8> {
        let mut bits = slice_head(7, 0);
        bits.unsigned(0); // idr_pic_id
        bits.fixed(0, 2); // dec_ref_pic_marking of an IDR picture
        bits.signed_zero(); // slice_qp_delta
        let (columns, rows) = self.macroblocks();
        for _ in 0..columns * rows {
            bits.unsigned(3); // I_16x16, mean of the neighbours, nothing coded
            bits.unsigned(0); // chroma: mean as well
            bits.signed_zero(); // mb_qp_delta
            bits.fixed(1, 1); // coeff_token: no coefficient
        }
        bits.into_unit(0x65)
    }

    fn repeated_unit(&self, index_in_group: u32) -> Vec<u8> {
        let mut bits = slice_head(5, index_in_group % 16);
        bits.fixed(0, 1); // as many references as the picture parameters say
        bits.fixed(0, 1); // in their usual order
        bits.fixed(0, 1); // sliding window
        bits.signed_zero(); // slice_qp_delta
        let (columns, rows) = self.macroblocks();
        bits.unsigned(columns * rows); // mb_skip_run
        bits.into_unit(0x41)
    }
}

fn picture_parameters() -> Vec<u8> {
    let mut bits = Bits::default();
    bits.unsigned(0); // pic_parameter_set_id
    bits.unsigned(0); // seq_parameter_set_id
    bits.fixed(0, 2); // CAVLC; no field order
    for _ in 0..3 {
        bits.unsigned(0); // one slice group, one reference each way
    }
    bits.fixed(0, 3); // no weighted prediction
    for _ in 0..3 {
        bits.signed_zero(); // quantisers
    }
    bits.fixed(0, 3); // deblocking as usual, no constrained intra, no redundant pictures
    bits.into_unit(0x68)
}

fn slice_head(slice_type: u32, frame_number: u32) -> Bits {
    let mut bits = Bits::default();
    bits.unsigned(0); // first_mb_in_slice
    bits.unsigned(slice_type);
    bits.unsigned(0); // pic_parameter_set_id
    bits.fixed(frame_number, 4);
    bits
}

fn with_length(unit: &[u8]) -> Vec<u8> {
    let length = u32::try_from(unit.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes()[..], unit].concat()
}

/// A row of bits, most significant first.
#[derive(Debug, Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn fixed(&mut self, value: u32, width: u32) {
        for place in (0..width).rev() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let bit = u8::from(value >> place & 1 == 1);
            if let Some(last) = self.bytes.last_mut() {
                *last |= bit << (7 - self.used % 8);
            }
            self.used += 1;
        }
    }

    /// Exp-Golomb, H.264 §9.1; for values below 2^31.
    fn unsigned(&mut self, value: u32) {
        let code = value.saturating_add(1);
        let width = code.ilog2() + 1;
        self.fixed(0, width - 1);
        self.fixed(code, width);
    }

    fn signed_zero(&mut self) {
        self.unsigned(0);
    }

    /// Ends the row and makes it a NAL unit, with the bytes that keep start codes out of it.
    fn into_unit(mut self, head: u8) -> Vec<u8> {
        self.fixed(1, 1);
        let mut unit = vec![head];
        let mut zeros = 0;
        for byte in self.bytes {
            if zeros >= 2 && byte <= 3 {
                unit.push(3);
                zeros = 0;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            unit.push(byte);
        }
        unit
    }
}
