package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import io.graft.checkpoint.pytorch.script.ScriptCode;
import io.graft.checkpoint.pytorch.script.ScriptCode.ScriptClass;
import io.graft.model.tree.ModuleSpec;
import io.graft.torchscript.code.ConvolutionCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The modules of an archive: what each holds, and where it stands.
 *
 * @param tensors by full name
 * @param objects the modules by path, that of the root is empty
 * @param specs the modules, for selectors
 */
record ScriptModules(Map<String, ScriptTensor> tensors, Map<String, Opaque> objects, List<ModuleSpec> specs) {
    /** Walks the modules as PyTorch's {@code state_dict()} does; that there are not too many of them was checked when the archive was opened. */
    static ScriptModules of(Opaque root, ScriptCode code, ScriptClasses classes) {
        ScriptModules modules = new ScriptModules(new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
        modules.walk("", root, code, classes);
        return modules;
    }

    private void walk(String path, Opaque module, ScriptCode code, ScriptClasses classes) {
        Optional<ScriptClass> type = code.find(module.type());
        objects.put(path, module);
        if (!path.isEmpty()) {
            specs.add(new ModuleSpec(path, module.type().name(), Set.of(), groups(module, classes)));
        }
        if (type.isEmpty() || !(module.state() instanceof Mapping state)) {
            return;
        }
        String prefix = path.isEmpty() ? "" : path + ".";
        Map<String, PickleValue> fields = new LinkedHashMap<>();
        for (Item item : state.items()) {
            if (item.key() instanceof Text name) {
                fields.put(name.value(), item.value());
            }
        }
        for (List<String> names : List.of(type.get().parameters(), type.get().buffers())) {
            for (String name : names) {
                if (fields.remove(name) instanceof TensorValue tensor) {
                    tensors.put(prefix + name, new ScriptTensor(prefix + name, module, name, tensor));
                }
            }
        }
        for (Map.Entry<String, PickleValue> field : fields.entrySet()) {
            if (field.getValue() instanceof Opaque child
                    && code.find(child.type()).filter(ScriptClass::isModule).isPresent()) {
                walk(prefix + field.getKey(), child, code, classes);
            }
        }
    }

    /** Those of a convolution, where its code says them. */
    private static OptionalInt groups(Opaque module, ScriptClasses classes) {
        boolean mayConvolve = module.state() instanceof Mapping state
                && state.get("weight")
                        .filter(weight -> weight instanceof TensorValue tensor
                                && tensor.size().size() > 2)
                        .isPresent();
        return mayConvolve
                ? classes.find(module.type()).map(ConvolutionCode::groups).orElse(OptionalInt.empty())
                : OptionalInt.empty();
    }
}
