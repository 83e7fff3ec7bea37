package io.graft.modifiers.lora.resize;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.lora.dialect.Adapter;
import io.graft.lora.dialect.AdapterDialects;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.dialect.AdapterUpdate;
import io.graft.lora.dialect.OpenedAdapter;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.config.AdapterUse;
import io.graft.problem.FirstFew;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes one adapter of several, whose update of each weight is the weighted sum of theirs: exactly, at the sum of their ranks, or as near to
 * it as a lower rank allows. Sums are those of the updates, scales included, never of factors.
 */
public final class AdapterCombiner {
    private static final String IMPOSSIBLE = "it cannot be added to others";

    private final Optional<TargetRank> target;
    private final AdapterDialects dialects;

    /**
     * @param target the rank that updates get; that of an exact sum if empty
     * @param dialects the dialects that may be read
     */
    public AdapterCombiner(Optional<TargetRank> target, AdapterDialects dialects) {
        this.target = target;
        this.dialects = dialects;
    }

    /**
     * Writes the sum as PEFT has it: all of it, or nothing.
     *
     * @param summands at least one
     * @param folder where the new adapter goes; it must not exist
     * @return what became of each update: the sum of the ranks, the rank that it has, and what was lost
     * @throws CheckpointException if an adapter cannot be read, or has something that cannot be added up
     * @throws IOException if files cannot be read or written; nothing is written then
     */
    public ResizedAdapter combine(List<AdapterSummand> summands, Path folder) throws IOException {
        Map<String, SummedUpdate> sums = new LinkedHashMap<>();
        List<Path> files = new ArrayList<>();
        CommonBase base = new CommonBase();
        Optional<Boolean> transposed = Optional.empty();
        for (AdapterSummand summand : summands) {
            OpenedAdapter opened = OpenedAdapter.read(dialects, summand.adapter(), Optional.empty(), Optional.empty());
            Adapter adapter = only(opened);
            boolean isTransposed = adapter.settings().flag("fan_in_fan_out");
            if (transposed.filter(other -> other != isTransposed).isPresent()) {
                throw opened.refusal(
                        "has another `fan_in_fan_out` than the one before", "combine adapters of one model");
            }
            transposed = Optional.of(isTransposed);
            add(summand, adapter, opened, sums);
            base.add(summand.adapter(), adapter);
            files.add(opened.file());
        }
        List<ResizedUpdate> described = new ArrayList<>();
        List<AdapterUpdate> updates = new ArrayList<>();
        for (SummedUpdate sum : sums.values()) {
            ResizedUpdate update = sum.described(target);
            described.add(update);
            updates.add(sum.update(update.to()));
        }
        List<WrittenFile> outputs = new PlainAdapter(
                        updates, transposed.orElse(false), List.of(), Map.of(), base.known())
                .write(files.get(0), folder, files);
        return new ResizedAdapter(described, base.problems(), outputs);
    }

    private static Adapter only(OpenedAdapter opened) {
        if (opened.adapters().size() != 1) {
            throw opened.refusal(
                    "holds adapters for " + opened.adapters().size() + " models",
                    "take one of them out with graft lora convert --section");
        }
        Adapter adapter = opened.adapters().get(0);
        AdapterConfig config = AdapterConfig.of(adapter.settings(), AdapterUse.COMBINE);
        List<String> whole =
                adapter.others().stream().map(AdapterTensor::module).toList();
        if (!whole.isEmpty()) {
            throw opened.refusal(
                    "holds tensors that take the place of the model's, which have no sum: " + FirstFew.names(whole),
                    "merge the adapters one after the other with lora-merge");
        }
        for (AdapterUpdate update : adapter.updates()) {
            if (!config.parameters().of(update.module()).isEmpty()
                    || update.bias().isPresent()) {
                throw opened.refusal(
                        "`" + update.module() + "` is an update of parameters, or one with a bias, and " + IMPOSSIBLE,
                        "merge the adapters one after the other with lora-merge");
            }
        }
        return adapter;
    }

    private static void add(
            AdapterSummand summand, Adapter adapter, OpenedAdapter opened, Map<String, SummedUpdate> sums) {
        for (AdapterUpdate update : adapter.updates()) {
            FactorPair pair = new FactorPair(update, opened.file(), IMPOSSIBLE);
            SummedUpdate sum = sums.computeIfAbsent(update.path(), first -> new SummedUpdate());
            if (sum.rank() > 0 && !sum.isAlike(update)) {
                throw opened.refusal(
                        "`" + update.module()
                                + "` is an update of a weight of another shape than in the adapter before",
                        "combine adapters of one model");
            }
            sum.add(pair, summand.weight() * adapter.scale(update));
        }
    }
}
