package io.graft.modifiers.quantization;

import io.graft.ModifierContext;
import io.graft.layer.NamePatterns;
import io.graft.layer.Names;
import io.graft.layer.UnmatchedName;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.training.TensorKind;
import io.graft.modifiers.quantization.options.WeightOverride;
import io.graft.modifiers.quantization.options.WeightSettings;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.modifiers.quantization.stored.StoredLayout;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts the weights of modules into storages; nothing is put there if any cannot be. */
final class Quantizing {
    private static final Set<DType> QUANTIZABLE = Set.of(DType.F16, DType.BF16, DType.F32);

    private final ModelDraft model;
    private final ModifierContext context;
    private final Targets targets;
    private final Settings settings;
    private final NamePatterns<WeightOverride> overrides;
    private final Map<String, Parametrization> storages = new LinkedHashMap<>();
    private final List<String> quantized = new ArrayList<>();
    private final List<String> tied = new ArrayList<>();
    private final List<String> transposed = new ArrayList<>();

    Quantizing(ModelDraft model, QuantizationOptions options, ModifierContext context, Targets targets) {
        this.model = model;
        this.context = context;
        this.targets = targets;
        this.settings = new Settings(options);
        this.overrides = settings.overrides();
    }

    /** @param found the modules, each with what names it */
    void run(Map<String, String> found) {
        found.forEach(this::plan);
        for (NamePatterns.Entry<WeightOverride> override : overrides.entries()) {
            if (found.keySet().stream().noneMatch(override.pattern()::matches)) {
                String text = override.pattern().text();
                targets.withoutEffect(
                        "overrides",
                        new UnmatchedName(
                                "`" + text + "` fits no module that is quantized",
                                UnmatchedName.nearest(text, found.keySet())));
            }
        }
        tell();
        if (!context.failed()) {
            storages.forEach(model::parametrize);
        }
    }

    private void plan(String module, String entry) {
        DraftTensor weight = model.find(module + ".weight")
                .filter(tensor -> tensor.kind() == TensorKind.PARAMETER)
                .orElse(null);
        if (weight == null) {
            error("target-modules", "`" + module + "`, which `" + entry + "` names, has no weight", "name layers");
        } else if (weight.cameStored()) {
            quantized.add(weight.name());
        } else if (weight.storage().isPresent()) {
            error(
                    "target-modules",
                    "`" + weight.name() + "` is stored as `"
                            + weight.storage().get().parametrization().id() + "` by an earlier modifier",
                    "quantize each weight once");
        } else if (!model.tiedTo(weight.name()).isEmpty()) {
            planTied(weight, entry);
        } else if (!QUANTIZABLE.contains(weight.dtype())) {
            error(
                    "target-modules",
                    "`" + weight.name() + "` is " + weight.dtype() + "; F16, BF16 and F32 can be quantized",
                    "cast it before");
        } else {
            store(module, weight);
        }
    }

    /** Codes lie beside one name; whoever opens the file would find nothing under the others. */
    private void planTied(DraftTensor weight, String entry) {
        if (entry.equals(Names.ALL_LINEAR)) {
            tied.add(weight.name());
        } else {
            error(
                    "target-modules",
                    "`" + weight.name() + "` is the same tensor as " + FirstFew.names(model.tiedTo(weight.name()))
                            + ", and codes are of one name",
                    "leave it as it is");
        }
    }

    private void store(String module, DraftTensor weight) {
        List<WeightOverride> said = overrides.valuesOf(module);
        if (said.size() > 1) {
            error(
                    "overrides",
                    said.size() + " patterns that say different things fit `" + module + "`",
                    "let one of them fit it");
            return;
        }
        WeightSettings here = said.isEmpty() ? settings.usual() : settings.with(said.get(0));
        StoredLayout layout = settings.layout();
        try {
            QuantizedWeight codes = new QuantizedWeight(
                    weight.name(),
                    weight.ground(),
                    layout.scheme(here),
                    layout.result(here, weight.dtype()),
                    here.maxError());
            storages.put(weight.name(), layout.store("weight", codes, here));
        } catch (IllegalArgumentException unfit) {
            error(
                    "target-modules",
                    "`" + weight.name() + "` " + unfit.getMessage(),
                    "leave it out, or take another scheme");
            return;
        }
        if (targets.isTransposed(module, weight)) {
            transposed.add(module);
        }
    }

    private void tell() {
        if (!quantized.isEmpty()) {
            context.warn("quantized already, and left as they are: " + FirstFew.names(quantized));
        }
        if (!tied.isEmpty()) {
            context.warn("tensors of several names, whose codes would be of one, are left as they are: "
                    + FirstFew.names(tied));
        }
        if (!transposed.isEmpty() && settings.layout().wantsOutputsFirst()) {
            context.warn("stored as [in, out], and others read quantized weights as [out, in]: "
                    + FirstFew.names(transposed));
        }
        if (storages.isEmpty() && !context.failed()) {
            context.warn("nothing is quantized");
        }
    }

    private void error(String option, String message, String help) {
        context.error(ProblemCode.UNSUPPORTED_CHANGE, option, message, help);
    }
}
