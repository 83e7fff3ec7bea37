package io.graft.modifiers.transfer;

import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.Default;
import io.graft.config.NotBlank;
import io.graft.config.Range;
import io.graft.model.rules.Rule;
import io.graft.model.tree.Selector;
import java.util.List;
import java.util.Optional;

/**
 * Options of the transfer-learning modifier.
 *
 * @param checkpointPath the checkpoint to load from: a file, a folder with one or with its shards, a URI, or
 *     an object with {@code uri} or {@code path} and what has to hold, such as {@code sha256}
 * @param strict whether every tensor of the model must be filled and every entry of the checkpoint be used; what
 *     {@code include}, {@code exclude} and {@code buffers} leave out counts as neither
 * @param skipMismatched whether an entry of another shape than the model's tensor is skipped and reported; if not, it is an
 *     error
 * @param prefix {@code auto} strips the prefix from the checkpoint's keys, or adds the one to them, that makes most of them fit
 *     the model, and reports it; {@code none} takes the keys as they are; any other text is a prefix that is stripped from the
 *     keys, or, if no key has it, added to them
 * @param minCoverage the fraction of the tensors to fill that must be filled, from 0 to 1; if not given, at least one tensor
 *     must be; 0 allows that nothing fits
 * @param rename rules that give entries of the checkpoint other names, {@code { from = encoder, to = enc }}, or another structure,
 *     {@code { type = split, from = qkv, to = [q, k, v] }}; or the name of a table, {@code gemma-3}. They go by the keys without the
 *     prefix; one that fits none of those, by the keys as the checkpoint has them. Each rule sees what the ones before it gave, but for
 *     renames that stand together: those are applied all at once
 * @param include the modules and tensors of the model to fill; all of them if empty; HOCON has a keyword of this name, so the
 *     key stands in quotes: {@code "include" = [encoder]}
 * @param exclude modules and tensors of the model that keep their values
 * @param buffers whether buffers, such as running statistics, are loaded like parameters ({@code load}) or keep their values
 *     ({@code keep})
 * @param onUnexpected whether an entry that the model has no place for is only reported ({@code ignore}) or an error
 *     ({@code error})
 * @param dtypeMismatch whether values of another dtype are converted to the model's ({@code cast}) or left out
 *     ({@code refuse})
 * @param allowScalarReshape whether a tensor of one element fits another of one element whatever their shapes
 * @param override whether tensors that an earlier modifier of the list gave values are filled again, and that is reported; if not, it
 *     is an error
 * @param refresh which processors of data keep the model's values, whatever the checkpoint has
 * @param configDrift a configuration that the checkpoint's own is held against
 * @param keepCodes whether weights that the checkpoint has as codes stay codes in the model, frozen, under the names of the checkpoint's
 *     layout: {@code keep-codes {}}; if not given, they become numbers
 * @param align tensors to be loaded block by block, by the names of their rows or columns
 */
public record TransferLearningOptions(
        CheckpointRef checkpointPath,
        @Default("false") boolean strict,
        @Default("true") boolean skipMismatched,
        @Default("auto") @NotBlank String prefix,
        @Range(min = 0, max = 1) Optional<Double> minCoverage,
        List<Rule> rename,
        List<Selector> include,
        List<Selector> exclude,
        @Default("load") Buffers buffers,
        @Default("ignore") OnUnexpected onUnexpected,
        @Default("cast") DtypeMismatch dtypeMismatch,
        @Default("false") boolean allowScalarReshape,
        @Default("false") boolean override,
        Optional<Refresh> refresh,
        Optional<ConfigDrift> configDrift,
        Optional<KeptCodes> keepCodes,
        List<AlignRule> align) {
    /** What happens to buffers. */
    public enum Buffers {
        LOAD,
        KEEP
    }

    /** What an entry is that the model has no place for. */
    public enum OnUnexpected {
        IGNORE,
        ERROR
    }

    /** What happens to values of another dtype. */
    public enum DtypeMismatch {
        CAST,
        REFUSE
    }

    public TransferLearningOptions {
        rename = List.copyOf(rename);
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
        align = List.copyOf(align);
    }
}
