package io.graft.modifiers.lora;

import io.graft.model.ModelDraft;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says that the weights of a model are codes, to which nothing can be added, by what lies beside them; one problem for each kind. */
final class QuantizedBase {
    /** What lies in a module whose weight is stored in a quantized form, by the name of the form. */
    private static final Map<String, String> FORMS = new LinkedHashMap<>();

    static {
        FORMS.put("weight.quant_map", "bitsandbytes 4-bit");
        FORMS.put("weight.absmax", "bitsandbytes 4-bit");
        FORMS.put("SCB", "bitsandbytes 8-bit");
        FORMS.put("qweight", "GPTQ or AWQ");
        FORMS.put("weight_packed", "compressed-tensors");
        FORMS.put("weight_scale_inv", "scaled FP8");
        FORMS.put("weight_scale", "scaled 8-bit");
    }

    private final ModelDraft model;
    private final Map<String, List<String>> byForm = new LinkedHashMap<>();

    QuantizedBase(ModelDraft model) {
        this.model = model;
    }

    /** Takes note of a module, if its weight is one of codes. */
    boolean takes(String module) {
        Optional<String> form = FORMS.entrySet().stream()
                .filter(entry -> model.find(module + "." + entry.getKey()).isPresent())
                .map(Map.Entry::getValue)
                .findFirst();
        form.ifPresent(
                name -> byForm.computeIfAbsent(name, first -> new ArrayList<>()).add(module));
        return form.isPresent();
    }

    void report(Findings findings) {
        byForm.forEach((form, modules) -> findings.error(
                ProblemCode.UNSUPPORTED_CHANGE,
                "the model's weights are " + form + " codes, which the adapter's updates cannot be added to: "
                        + FirstFew.names(modules),
                "merge into the model from before it was quantized, or dequantize it first"));
    }

    /** Whether the model has the names of llama.cpp, which no adapter of PEFT has. */
    static boolean isGguf(ModelDraft model) {
        return model.tensors().stream().anyMatch(tensor -> tensor.name().startsWith("blk.0."));
    }
}
