package io.graft.lora.dialect.builtin;

import com.google.auto.service.AutoService;
import io.graft.Artifact;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.lora.dialect.Adapter;
import io.graft.lora.dialect.AdapterDialect;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.dialect.AdapterSource;
import io.graft.lora.dialect.AdapterTarget;
import io.graft.lora.dialect.AdapterTarget.Can;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.dialect.AdapterUpdate;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What torchtune writes: {@code adapter_model.pt} or {@code adapter_0.pt} with keys {@code layers.0.attn.q_proj.lora_a.weight}, under its
 * own names of a transformer, and {@code adapter_config.json} with one rank and alpha for all. In the families whose rotary embedding
 * it computes as Llama's own code does, the outputs of query and key lie in another order than in transformers; to tell them, the
 * numbers of heads are needed, which the model's {@code config.json} has.
 */
@AutoService(AdapterDialect.class)
public final class TorchtuneDialect implements AdapterDialect {
    private static final Pattern FILE = Pattern.compile("adapter_(model|\\d+)\\.pt");
    private static final String WRITTEN = "adapter_model.pt";
    private static final Pattern KEY = Pattern.compile("(.+)\\.(lora_a\\.weight|lora_b\\.weight|magnitude)");
    private static final String TARGETS = "target_modules";

    /** As {@link java.util.ServiceLoader} makes it. */
    public TorchtuneDialect() {}

    @Override
    public String id() {
        return "torchtune";
    }

    @Override
    public List<String> filesIn(Collection<String> names) {
        return names.stream().filter(name -> FILE.matcher(name).matches()).toList();
    }

    @Override
    public boolean recognises(AdapterSource source) {
        return source.tensors().keySet().stream()
                .anyMatch(key -> key.endsWith(".lora_a.weight") || key.endsWith(".lora_b.weight"));
    }

    @Override
    public List<Adapter> read(AdapterSource source) {
        AdapterSettings config = source.beside(PeftDialect.CONFIG)
                .orElseThrow(
                        () -> source.refusal(
                                Reason.NOT_FOUND,
                                "has no " + PeftDialect.CONFIG + " beside it, which tells rank and alpha",
                                "write it: {\"r\": 8, \"lora_alpha\": 16, \"peft_type\": \"LORA\"} with the numbers of the recipe"));
        List<AdapterTensor> tensors = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        TorchtuneNames names = TorchtuneNames.of(source.base());
        for (String key : source.tensors().keySet()) {
            Matcher matcher = KEY.matcher(key);
            Optional<String> module = matcher.matches() ? names.transformers(matcher.group(1)) : Optional.empty();
            if (module.isEmpty()) {
                unknown.add(key);
            } else {
                AdapterTensor tensor = source.tensor(key, module.get(), slot(matcher.group(2)));
                tensors.add(tensor.with(names.toTransformers(tensor)));
            }
        }
        if (!unknown.isEmpty()) {
            source.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    unknown.size() + (unknown.size() == 1 ? " tensor has a key" : " tensors have keys")
                            + " that torchtune does not give linear layers of a decoder like Llama's: "
                            + FirstFew.names(unknown),
                    "merge it with torchtune");
        }
        names.refusal()
                .ifPresent(
                        why -> source.error(
                                ProblemCode.UNSUPPORTED_CHANGE,
                                "outputs of query and key lie in another order in torchtune than in transformers, and "
                                        + why,
                                "convert it first: graft lora convert --to peft --base MODEL, the folder of the model with its config.json"));
        Map<String, Object> given = new LinkedHashMap<>();
        List<AdapterUpdate> updates = new Adapter(tensors, config).updates(source::error);
        given.put(TARGETS, updates.stream().map(AdapterUpdate::path).toList());
        if (updates.stream().anyMatch(update -> update.magnitude().isPresent())) {
            given.put("use_dora", true);
        }
        if (config.get("peft_type") == null) {
            given.put("peft_type", "LORA");
        }
        return List.of(new Adapter(tensors, config.with(given)));
    }

    private static String slot(String end) {
        return switch (end) {
            case "lora_a.weight" -> AdapterTensor.A;
            case "lora_b.weight" -> AdapterTensor.B;
            default -> AdapterTensor.MAGNITUDE;
        };
    }

    @Override
    public List<Artifact> write(List<Adapter> adapters, AdapterTarget target) {
        return target.only(adapters).map(adapter -> write(adapter, target)).orElse(List.of());
    }

    private static List<Artifact> write(Adapter adapter, AdapterTarget target) {
        List<AdapterUpdate> updates = target.updates(adapter, Can.DORA);
        Map<String, Double> alphas = target.alphas(adapter, updates);
        SettingsSaid.BY_TORCHTUNE.check(adapter, target);
        TorchtuneNames names = TorchtuneNames.of(target.base());
        List<AdapterTensor> tensors = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        TreeSet<String> targets = new TreeSet<>();
        for (AdapterUpdate update : updates) {
            Optional<String> module = names.torchtune(update.module());
            if (module.isEmpty()) {
                unknown.add(update.module());
                continue;
            }
            targets.add(module.get().substring(module.get().lastIndexOf('.') + 1));
            for (AdapterTensor tensor : update.tensors()) {
                tensors.add(new AdapterTensor(
                        module.get() + end(tensor.slot()), module.get(), tensor.slot(), names.toTorchtune(tensor)));
            }
        }
        if (!unknown.isEmpty()) {
            target.refuse("modules that torchtune has no names for (" + FirstFew.names(unknown) + ")");
        }
        names.refusal().ifPresent(why -> target.refuse("the order of the outputs of query and key (" + why + ")"));
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("peft_type", "LORA");
        config.put(TARGETS, List.copyOf(targets));
        target.same("ranks", updates.stream().map(AdapterUpdate::rank).toList())
                .ifPresent(rank -> config.put("r", rank));
        target.same("alphas", alphas.values())
                .ifPresent(alpha -> config.put("lora_alpha", AdapterSettings.plain(alpha)));
        adapter.settings()
                .text("base_model_name_or_path")
                .ifPresent(model -> config.put("base_model_name_or_path", model));
        return List.of(target.pytorch(WRITTEN, tensors), target.json(PeftDialect.CONFIG, config));
    }

    private static String end(String slot) {
        return switch (slot) {
            case AdapterTensor.A -> ".lora_a.weight";
            case AdapterTensor.B -> ".lora_b.weight";
            case AdapterTensor.MAGNITUDE -> ".magnitude";
            default -> "." + slot;
        };
    }
}
