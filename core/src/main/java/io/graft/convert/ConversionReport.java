package io.graft.convert;

import io.graft.checkpoint.Replacement;
import io.graft.checkpoint.carry.Correction;
import io.graft.checkpoint.write.WrittenFile;
import java.util.List;

/**
 * What a conversion did.
 *
 * @param format id of the format that was written
 * @param tensors every tensor of the output, in the order of the input
 * @param leftOut keys of tensors of the input that the output does not hold, because they were not chosen or a table has no place for them
 * @param notes what was done to names and structure, a sentence each
 * @param warnings what a person should know: of the input, and what the output does not hold
 * @param files what was written, where it is now
 * @param corrections values of what went along that were exchanged, because the conversion made them untrue
 * @param replacement files of an earlier run that gave way to them
 */
public record ConversionReport(
        String format,
        List<ConvertedTensor> tensors,
        List<String> leftOut,
        List<String> notes,
        List<String> warnings,
        List<WrittenFile> files,
        List<Correction> corrections,
        Replacement replacement) {
    public ConversionReport {
        tensors = List.copyOf(tensors);
        leftOut = List.copyOf(leftOut);
        notes = List.copyOf(notes);
        warnings = List.copyOf(warnings);
        files = List.copyOf(files);
        corrections = List.copyOf(corrections);
    }
}
