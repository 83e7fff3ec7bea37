package io.graft.model;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Replaces, adds and removes whole modules of a draft. */
final class ModuleEditing {
    private final ModelDraft model;
    private final DeclaredModules declared;
    private final Parametrizing parametrizing;

    ModuleEditing(ModelDraft model, DeclaredModules declared, Parametrizing parametrizing) {
        this.model = model;
        this.declared = declared;
        this.parametrizing = parametrizing;
    }

    void replace(String path, ModuleSource source) {
        String type = typeOf(path);
        List<DraftTensor> brought = brought(path, source);
        requireRemovable(path);
        model.note(new Change.ModuleReplaced(path, type, source));
        int place = take(path);
        declared.replace(path, source);
        model.insert(brought, place);
    }

    void add(String path, ModuleSource source) {
        String parent = DottedPath.parent(path);
        if (model.tree().findModule(path).isPresent() || model.find(path).isPresent()) {
            throw new IllegalArgumentException("the model already has `" + path + "`: replace it");
        }
        if (path.isEmpty() || !(parent.isEmpty() || isModule(parent))) {
            throw new IllegalArgumentException(
                    "`" + path + "` has no place in the model, which has no module `" + parent + "`");
        }
        List<DraftTensor> brought = brought(path, source);
        model.note(new Change.ModuleAdded(path, source));
        declared.add(path, source);
        model.insert(brought, model.tensors().size());
    }

    void remove(String path) {
        String type = typeOf(path);
        requireRemovable(path);
        model.note(new Change.ModuleRemoved(path, type));
        take(path);
        declared.remove(path);
    }

    private String typeOf(String path) {
        if (path.isEmpty() || !isModule(path)) {
            throw new IllegalArgumentException(
                    path.isEmpty()
                            ? "the root of a model is no module of it"
                            : "the model has no module `" + path + "`");
        }
        return model.tree().moduleType(path);
    }

    private boolean isModule(String path) {
        return model.tree().findModule(path).filter(path::equals).isPresent();
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
        return model.tensors().stream().filter(tensor -> tensor.name().startsWith(path + "."));
    }

    private void requireRemovable(String path) {
        in(path).forEach(model::requirePartable);
    }

    /** Takes away what is in a module, and tells where it was. */
    private int take(String path) {
        List<DraftTensor> gone = in(path).toList();
        int place = gone.isEmpty()
                ? model.tensors().size()
                : List.copyOf(model.tensors()).indexOf(gone.get(0));
        for (DraftTensor tensor : gone) {
            if (tensor.owner().isEmpty()) {
                tensor.parametrizations().stream()
                        .filter(applied -> !applied.adapter().isEmpty())
                        .forEach(applied -> model.note(new Change.Unparametrized(
                                tensor.name(),
                                applied.adapter(),
                                applied.parametrization().id())));
                model.drop(tensor.name());
                model.note(new Change.Removed(tensor.name()));
            }
        }
        parametrizing.dropUnused();
        return Math.min(place, model.tensors().size());
    }
}
