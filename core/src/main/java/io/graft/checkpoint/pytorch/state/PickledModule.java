package io.graft.checkpoint.pytorch.state;

import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A whole module as {@code torch.save(module)} writes it: its fields tell the tensors, so that its class is not needed. */
final class PickledModule {
    private static final String PARAMETERS = "_parameters";
    private static final String BUFFERS = "_buffers";
    private static final String MODULES = "_modules";
    private static final String NOT_SAVED = "_non_persistent_buffers_set";

    private static final String COMPILED = "torch._dynamo.eval_frame.OptimizedModule";

    private static final int MOST_NOT_SAVED = 100_000;

    private PickledModule() {}

    static boolean isModule(PickleValue value) {
        return fields(value).isPresent();
    }

    /** The fields of a module; of one that {@code torch.compile} wrapped, those of the module inside, whose state dict people mean. */
    private static Optional<Mapping> fields(PickleValue value) {
        PickleValue module = value;
        while (module instanceof Opaque wrapper
                && wrapper.type().qualifiedName().equals(COMPILED)
                && wrapper.arguments() instanceof Sequence arguments
                && !arguments.items().isEmpty()) {
            module = arguments.items().get(0);
        }
        return module instanceof Opaque object
                        && object.state() instanceof Mapping fields
                        && List.of(PARAMETERS, BUFFERS, MODULES).stream()
                                .allMatch(name -> fields.get(name)
                                        .filter(Mapping.class::isInstance)
                                        .isPresent())
                ? Optional.of(fields)
                : Optional.empty();
    }

    /** What a module holds; nothing if it is none. */
    static ModuleWalk.Parts parts(Opaque module) {
        return fields(module).map(PickledModule::parts).orElseGet(() -> new ModuleWalk.Parts(List.of(), List.of()));
    }

    private static ModuleWalk.Parts parts(Mapping fields) {
        Set<PickleValue> notSaved = fields.get(NOT_SAVED).orElse(null) instanceof Sequence names
                ? new HashSet<>(names.items().subList(0, Math.min(names.items().size(), MOST_NOT_SAVED)))
                : Set.of();
        List<Item> tensors = new ArrayList<>(items(fields, PARAMETERS));
        for (Item buffer : items(fields, BUFFERS)) {
            if (!notSaved.contains(buffer.key())) {
                tensors.add(
                        buffer.value() instanceof TensorValue tensor
                                ? new Item(buffer.key(), tensor.as(DeclaredKind.BUFFER))
                                : buffer);
            }
        }
        return new ModuleWalk.Parts(tensors, items(fields, MODULES));
    }

    private static List<Item> items(Mapping fields, String name) {
        return ((Mapping) fields.get(name).orElseThrow()).items();
    }
}
