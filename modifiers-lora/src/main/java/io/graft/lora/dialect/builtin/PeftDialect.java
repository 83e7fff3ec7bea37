package io.graft.lora.dialect.builtin;

import com.google.auto.service.AutoService;
import io.graft.Artifact;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.lora.dialect.Adapter;
import io.graft.lora.dialect.AdapterDialect;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.dialect.AdapterSource;
import io.graft.lora.dialect.AdapterTarget;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.dialect.UnknownKeys;
import io.graft.lora.method.AdapterMethods;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code save_pretrained} of PEFT writes: {@code adapter_model.safetensors} with keys {@code
 * base_model.model.<module>.lora_A.weight}, and {@code adapter_config.json}. The neutral value is its own.
 */
@AutoService(AdapterDialect.class)
public final class PeftDialect implements AdapterDialect {
    static final String CONFIG = "adapter_config.json";

    private static final String MODEL = "base_model.";
    private static final String PREFIX = MODEL + "model.";
    private static final List<String> FILES = List.of("adapter_model.safetensors", "adapter_model.bin");

    /** How keys end; the first of two of one slot is the one that is written. */
    private static final Map<String, String> SLOTS = slots();

    /** As {@link java.util.ServiceLoader} makes it. */
    public PeftDialect() {}

    private static Map<String, String> slots() {
        Map<String, String> slots = new LinkedHashMap<>();
        slots.put(".lora_A.weight", AdapterTensor.A);
        slots.put(".lora_B.weight", AdapterTensor.B);
        slots.put(".lora_B.bias", AdapterTensor.BIAS);
        slots.put(".lora_embedding_A", AdapterTensor.EMBEDDING_A);
        slots.put(".lora_embedding_B", AdapterTensor.EMBEDDING_B);
        slots.put(".lora_magnitude_vector", AdapterTensor.MAGNITUDE);
        slots.put(".lora_magnitude_vector.weight", AdapterTensor.MAGNITUDE);
        slots.put(".token_adapter.trainable_tokens_delta", AdapterTensor.ROWS);
        return slots;
    }

    @Override
    public String id() {
        return "peft";
    }

    @Override
    public List<String> filesIn(Collection<String> names) {
        return FILES.stream().filter(names::contains).limit(1).toList();
    }

    @Override
    public boolean recognises(AdapterSource source) {
        return source.tensors().keySet().stream().anyMatch(key -> key.startsWith(PREFIX));
    }

    @Override
    public List<Adapter> read(AdapterSource source) {
        AdapterSettings settings = source.beside(CONFIG)
                .orElseThrow(() -> source.refusal(
                        Reason.NOT_FOUND,
                        "has no " + CONFIG + " beside it",
                        "name the folder that PEFT's save_pretrained wrote"));
        List<AdapterTensor> tensors = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        Set<String> slots = AdapterMethods.discover().slots();
        for (String key : source.tensors().keySet()) {
            tensor(key, source, slots).ifPresentOrElse(tensors::add, () -> unknown.add(key));
        }
        UnknownKeys.group(unknown)
                .forEach((whose, keys) -> source.error(
                        ProblemCode.UNEXPECTED_TENSOR,
                        "`" + source.uri() + "` has " + keys.size() + (keys.size() == 1 ? " tensor" : " tensors")
                                + " with keys that are " + whose.whose() + ": " + FirstFew.names(keys),
                        whose.help()));
        return List.of(new Adapter(tensors, settings));
    }

    /** Empty if the key means nothing to PEFT. */
    private static Optional<AdapterTensor> tensor(String key, AdapterSource source, Set<String> slots) {
        if (!key.startsWith(PREFIX)) {
            // What all weights of another method share.
            return slots.stream()
                    .filter(slot -> key.equals(MODEL + slot))
                    .findFirst()
                    .map(slot -> source.tensor(key, "", slot));
        }
        String name = key.substring(PREFIX.length());
        for (Map.Entry<String, String> slot : SLOTS.entrySet()) {
            if (name.endsWith(slot.getKey())) {
                String module = name.substring(0, name.length() - slot.getKey().length());
                return Optional.of(source.tensor(key, module, slot.getValue()));
            }
        }
        for (String slot : slots) {
            if (name.endsWith("." + slot)) {
                String module = name.substring(0, name.length() - slot.length() - 1);
                return Optional.of(source.tensor(key, module, slot));
            }
        }
        // What training alone needs; lora-merge tells of it.
        boolean isWhole = !name.contains(".lora_") || name.contains(".lora_velora_");
        return isWhole ? Optional.of(source.tensor(key, name, AdapterTensor.SAVED)) : Optional.empty();
    }

    @Override
    public List<Artifact> write(List<Adapter> adapters, AdapterTarget target) {
        return target.only(adapters)
                .map(adapter -> List.of(
                        target.safetensors(FILES.get(0), written(adapter), Map.of("format", "pt")),
                        target.json(CONFIG, adapter.settings().values())))
                .orElse(List.of());
    }

    private static List<AdapterTensor> written(Adapter adapter) {
        return adapter.tensors().stream()
                .map(tensor -> new AdapterTensor(key(tensor), tensor.module(), tensor.slot(), tensor.value()))
                .toList();
    }

    private static String key(AdapterTensor tensor) {
        String suffix = SLOTS.entrySet().stream()
                .filter(slot -> slot.getValue().equals(tensor.slot()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(tensor.slot().equals(AdapterTensor.SAVED) ? "" : "." + tensor.slot());
        return tensor.module().isEmpty() ? MODEL + tensor.slot() : PREFIX + tensor.module() + suffix;
    }
}
