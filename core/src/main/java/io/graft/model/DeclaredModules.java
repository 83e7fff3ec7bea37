package io.graft.model;

import io.graft.model.modules.ModuleSource;
import io.graft.model.tree.DottedPath;
import io.graft.model.tree.ModuleSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The modules that a model target knows beside those that only the tensors' names tell of. */
final class DeclaredModules {
    private List<ModuleSpec> modules;

    /** Those that had tensors: without any, they are no longer there. */
    private final Set<String> filled;

    DeclaredModules(List<ModuleSpec> modules, Collection<String> tensors) {
        this.modules = List.copyOf(modules);
        this.filled = modules.isEmpty() ? new HashSet<>() : DottedPath.modulesOf(tensors);
    }

    /** Those whose tensors were not all removed or renamed away. */
    List<ModuleSpec> remaining(Collection<String> tensors) {
        if (modules.isEmpty()) {
            return modules;
        }
        Set<String> now = DottedPath.modulesOf(tensors);
        return modules.stream()
                .filter(module -> now.contains(module.path()) || !filled.contains(module.path()))
                .toList();
    }

    void remove(String path) {
        modules = modules.stream().filter(module -> !isIn(path, module.path())).toList();
        filled.removeIf(module -> isIn(path, module));
    }

    /** Another module in the place of one, which keeps its spellings. */
    void replace(String path, ModuleSource source) {
        Set<String> aliases = modules.stream()
                .filter(module -> module.path().equals(path))
                .findFirst()
                .map(ModuleSpec::aliases)
                .orElse(Set.of());
        remove(path);
        add(path, source, aliases);
    }

    void add(String path, ModuleSource source) {
        add(path, source, Set.of());
    }

    private void add(String path, ModuleSource source, Set<String> aliases) {
        List<ModuleSpec> more = new ArrayList<>(modules);
        for (ModuleSpec module : source.modules()) {
            more.add(
                    module.path().isEmpty()
                            ? module.at(path, aliases)
                            : module.at(path + "." + module.path(), module.aliases()));
        }
        modules = more;
    }

    private static boolean isIn(String path, String module) {
        return module.equals(path) || module.startsWith(path + ".");
    }
}
