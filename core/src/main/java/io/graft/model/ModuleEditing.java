package io.graft.model;

import io.graft.model.modules.ModuleSource;
import io.graft.model.tree.DottedPath;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Replaces, adds and removes whole modules of a draft. */
final class ModuleEditing {
    private final StateDict dict;
    private final Adapters adapters;

    ModuleEditing(StateDict dict, Adapters adapters) {
        this.dict = dict;
        this.adapters = adapters;
    }

    void replace(String path, ModuleSource source) {
        String type = typeOf(path);
        List<DraftTensor> brought = brought(path, source);
        requireRemovable(path);
        dict.note(new Change.ModuleReplaced(path, type, source));
        int place = take(path);
        dict.declared().replace(path, source);
        dict.insert(brought, place);
    }

    void add(String path, ModuleSource source) {
        String parent = DottedPath.parent(path);
        if (dict.tree().findModule(path).isPresent() || dict.find(path).isPresent()) {
            throw new IllegalArgumentException("the model already has `" + path + "`: replace it");
        }
        if (path.isEmpty() || !(parent.isEmpty() || isModule(parent))) {
            throw new IllegalArgumentException(
                    "`" + path + "` has no place in the model, which has no module `" + parent + "`");
        }
        List<DraftTensor> brought = brought(path, source);
        dict.note(new Change.ModuleAdded(path, source));
        dict.declared().add(path, source);
        dict.insert(brought, dict.tensors().size());
    }

    void remove(String path) {
        String type = typeOf(path);
        requireRemovable(path);
        dict.note(new Change.ModuleRemoved(path, type));
        take(path);
        dict.declared().remove(path);
    }

    private String typeOf(String path) {
        if (path.isEmpty() || !isModule(path)) {
            throw new IllegalArgumentException(
                    path.isEmpty()
                            ? "the root of a model is no module of it"
                            : "the model has no module `" + path + "`");
        }
        return dict.tree().moduleType(path);
    }

    private boolean isModule(String path) {
        return dict.tree().findModule(path).filter(path::equals).isPresent();
    }

    private static List<DraftTensor> brought(String path, ModuleSource source) {
        Set<String> names = new HashSet<>();
        return source.tensors(path).stream()
                .map(tensor -> {
                    if (tensor.name().isEmpty() || !names.add(tensor.name())) {
                        throw new IllegalArgumentException("`" + source.description() + "` has "
                                + (tensor.name().isEmpty()
                                        ? "a tensor without a name"
                                        : "two tensors `" + tensor.name() + "`"));
                    }
                    return DraftTensor.added(path + "." + tensor.name(), tensor.kind(), tensor.initial());
                })
                .toList();
    }

    private Stream<DraftTensor> in(String path) {
        return dict.tensors().stream().filter(tensor -> tensor.name().startsWith(path + "."));
    }

    private void requireRemovable(String path) {
        in(path).forEach(dict::requirePartable);
    }

    /** Takes away what is in a module, and tells where it was. */
    private int take(String path) {
        List<DraftTensor> gone = in(path).toList();
        int place = gone.isEmpty()
                ? dict.tensors().size()
                : List.copyOf(dict.tensors()).indexOf(gone.get(0));
        for (DraftTensor tensor : gone) {
            if (tensor.owner().isEmpty()) {
                tensor.parametrizations().stream()
                        .filter(applied -> !applied.adapter().isEmpty())
                        .forEach(applied -> dict.note(new Change.Unparametrized(
                                tensor.name(),
                                applied.adapter(),
                                applied.parametrization().id())));
                dict.drop(tensor.name());
                dict.note(new Change.Removed(tensor.name()));
            }
        }
        adapters.dropUnused(gone.stream()
                .flatMap(tensor -> tensor.parametrizations().stream())
                .toList());
        return Math.min(place, dict.tensors().size());
    }
}
