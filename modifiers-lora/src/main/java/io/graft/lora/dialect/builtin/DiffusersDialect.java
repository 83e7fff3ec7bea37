package io.graft.lora.dialect.builtin;

import com.google.auto.service.AutoService;
import io.graft.Artifact;
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
import java.util.TreeMap;

/**
 * What diffusers writes: {@code pytorch_lora_weights.safetensors} with keys {@code unet.<module>.lora_A.weight}, which begin with the
 * model of the pipeline, and PEFT's settings of each model as JSON in the file's metadata. Older files say {@code .lora.down.weight},
 * {@code .processor.to_q_lora.down.weight} or {@code .lora_linear_layer.down.weight}, and no settings: an {@code .alpha} beside the
 * factors, else the scale is 1.
 */
@AutoService(AdapterDialect.class)
public final class DiffusersDialect implements AdapterDialect {
    private static final List<String> FILES = List.of("pytorch_lora_weights.safetensors", "pytorch_lora_weights.bin");
    private static final String SETTINGS = "lora_adapter_metadata";

    /** As {@link java.util.ServiceLoader} makes it. */
    public DiffusersDialect() {}

    @Override
    public String id() {
        return "diffusers";
    }

    @Override
    public List<String> filesIn(Collection<String> names) {
        return FILES.stream().filter(names::contains).limit(1).toList();
    }

    @Override
    public boolean recognises(AdapterSource source) {
        return source.tensors().keySet().stream()
                .flatMap(key -> DiffusersKey.of(key).stream())
                .anyMatch(key -> !key.slot().equals(DiffusersKey.ALPHA));
    }

    @Override
    public List<Adapter> read(AdapterSource source) {
        Map<String, List<AdapterTensor>> tensors = new LinkedHashMap<>();
        Map<String, Map<String, Double>> alphas = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        for (String key : source.tensors().keySet()) {
            Optional<DiffusersKey> read = DiffusersKey.of(key);
            if (read.isEmpty()) {
                unknown.add(key);
                continue;
            }
            DiffusersKey name = read.get();
            if (name.slot().equals(DiffusersKey.ALPHA)) {
                alphas.computeIfAbsent(name.section(), first -> new LinkedHashMap<>())
                        .put(name.module(), Numbers.one(key, source));
            } else {
                tensors.computeIfAbsent(name.section(), first -> new ArrayList<>())
                        .add(source.tensor(key, name.module(), name.slot()));
            }
        }
        if (!unknown.isEmpty()) {
            source.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    unknown.size() + (unknown.size() == 1 ? " tensor has a key" : " tensors have keys")
                            + " that diffusers does not give updates of LoRA: " + FirstFew.names(unknown),
                    "save the adapter again with save_lora_weights of the pipeline");
        }
        Optional<AdapterSettings> noted = Optional.ofNullable(source.metadata().get(SETTINGS))
                .map(text -> AdapterSettings.parse(source.location(), text));
        List<Adapter> adapters = new ArrayList<>();
        tensors.forEach((section, own) ->
                adapters.add(adapter(section, own, alphas.getOrDefault(section, Map.of()), noted, source)));
        return adapters;
    }

    private static Adapter adapter(
            String section,
            List<AdapterTensor> tensors,
            Map<String, Double> alphas,
            Optional<AdapterSettings> noted,
            AdapterSource source) {
        Map<String, Object> own = new LinkedHashMap<>();
        noted.ifPresent(settings -> settings.values().forEach((key, value) -> {
            if (key.startsWith(section + ".")) {
                own.put(key.substring(section.length() + 1), value);
            }
        }));
        if (!own.isEmpty()) {
            own.putIfAbsent("peft_type", "LORA");
            return new Adapter(section, false, tensors, AdapterSettings.of(source.location(), own));
        }
        List<AdapterUpdate> updates =
                new Adapter(tensors, AdapterSettings.of(source.location(), Map.of())).updates(source::error);
        Map<String, Double> all = new LinkedHashMap<>();
        updates.forEach(update -> all.put(update.path(), alphas.getOrDefault(update.path(), (double) update.rank())));
        boolean isDora = updates.stream().anyMatch(update -> update.magnitude().isPresent());
        return Adapter.of(section, source.location(), updates, all, isDora ? Map.of("use_dora", true) : Map.of());
    }

    @Override
    public List<Artifact> write(List<Adapter> adapters, AdapterTarget target) {
        List<AdapterTensor> tensors = new ArrayList<>();
        Map<String, Object> settings = new TreeMap<>();
        for (Adapter adapter : adapters) {
            List<AdapterUpdate> updates = target.updates(adapter, Can.CONVOLUTION, Can.DORA, Can.BIAS);
            target.section(adapter).ifPresent(section -> {
                updates.stream()
                        .flatMap(update -> update.tensors().stream())
                        .forEach(tensor -> tensors.add(new AdapterTensor(
                                section + "." + tensor.module() + DiffusersKey.end(tensor.slot()),
                                tensor.module(),
                                tensor.slot(),
                                tensor.value())));
                adapter.settings().values().forEach((key, value) -> settings.put(section + "." + key, value));
            });
        }
        return List.of(target.safetensors(
                FILES.get(0),
                tensors,
                Map.of(SETTINGS, AdapterSettings.of(FILES.get(0), settings).json())));
    }
}
