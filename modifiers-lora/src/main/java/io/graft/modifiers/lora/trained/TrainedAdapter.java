package io.graft.modifiers.lora.trained;

import io.graft.lora.dialect.AdapterSource;
import io.graft.model.ModelDraft;
import io.graft.model.rules.Rules;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.edit.Edit;
import io.graft.modifiers.lora.edit.Editing;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.placing.NameMapping;
import io.graft.modifiers.lora.placing.Placement;
import io.graft.modifiers.lora.placing.Placing;
import io.graft.modifiers.lora.placing.Renaming;
import io.graft.modifiers.lora.reading.AdapterReading;
import io.graft.modifiers.lora.reading.AdapterTensors;
import io.graft.modifiers.lora.reading.DeclaredNames;
import io.graft.modifiers.lora.reading.TokenRows;
import io.graft.modifiers.lora.use.UpdateUse;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An adapter that was trained before, and the model that it goes to. */
public final class TrainedAdapter {
    private final AdapterReading reading;
    private final AdapterConfig config;
    private final ModelDraft model;
    private final Findings findings;

    public TrainedAdapter(AdapterReading reading, AdapterConfig config, ModelDraft model, Findings findings) {
        this.reading = reading;
        this.config = config;
        this.model = model;
        this.findings = findings;
    }

    /**
     * Puts all of it where it belongs; if something does not fit, nothing. Returns whether it did: what a weight that stays stored cannot
     * hold is known when it is put there, and the model is good for nothing then.
     *
     * @param prefix as the option of that name
     * @param rename as the option of that name
     */
    public boolean put(UpdateUse use, String prefix, Rules rename) {
        Optional<AdapterTensors> tensors = AdapterTensors.of(reading.adapter(), findings);
        if (tensors.isEmpty()) {
            return false;
        }
        AdapterTensors adapter = tensors.get();
        AdapterSource source = reading.source();
        new DeclaredNames(config, findings).check(adapter);
        Renaming renaming = Renaming.of(rename, adapter, config);
        renaming.report(findings);
        if (!renaming.isPossible()) {
            return false;
        }
        NameMapping names = NameMapping.of(Placing.wanted(adapter, config), prefix, renaming, model, findings);
        // Saved modules first, because a saved base is what the factors were trained on.
        List<Placement> placements = new Placing(config, names, model, findings).plan(adapter);
        List<Edit> edits = Stream.of(
                        new Replacing(config, use, source, names, findings).plan(adapter),
                        new Merging(config, use, source, names, findings).plan(placements),
                        new RowReplacing(config, use, source, names, findings).plan(adapter))
                .flatMap(List::stream)
                .toList();
        if (findings.failed()) {
            return false;
        }
        adapter.unused().forEach(findings::unused);
        compareBase(placements, adapter.rows(), names);
        new Editing(model, config.keepsTies(), findings).run(edits);
        use.tellRefused();
        return !findings.failed();
    }

    private void compareBase(List<Placement> placements, List<TokenRows> rows, NameMapping names) {
        BaseComparison base = new BaseComparison(reading, findings);
        placements.forEach(placement -> base.compare(placement.update().path(), placement.weight()));
        rows.forEach(each -> names.find(each.weight()).ifPresent(weight -> base.compare(each.module(), weight)));
        base.tell();
    }
}
