package io.graft.extension;

import java.util.ArrayList;
import java.util.List;

/** The class loaders that one class loader stands for, each of which is asked for itself. */
final class SearchPath {
    private SearchPath() {}

    /** The loader of Graft where the given one does not see it, then the host, then each extension. */
    static List<ClassLoader> of(ClassLoader loader) {
        List<ClassLoader> path = new ArrayList<>();
        if (loader instanceof LoadedExtensions extensions) {
            path.addAll(of(extensions.getParent()));
            extensions.extensions().forEach(extension -> path.add(extension.loader()));
        } else if (loader instanceof ExtensionLoader extension) {
            // An extension's class finds what the others offer, though it does not see their classes.
            return of(extension.all());
        } else {
            ClassLoader graft = SearchPath.class.getClassLoader();
            if (!sees(loader, graft)) {
                path.add(graft);
            }
            if (loader != null) {
                path.add(loader);
            }
        }
        return path;
    }

    private static boolean sees(ClassLoader loader, ClassLoader other) {
        for (ClassLoader each = loader; each != null; each = each.getParent()) {
            if (each == other) {
                return true;
            }
        }
        return false;
    }
}
