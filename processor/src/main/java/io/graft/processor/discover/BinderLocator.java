package io.graft.processor.discover;

import io.graft.processor.model.BinderOrigin;
import io.graft.processor.model.TypeRef;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.annotation.processing.Filer;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.tools.JavaFileManager;
import javax.tools.StandardLocation;

/** Says of a record whether its binder is to be generated, is there, or is missing from a jar. */
final class BinderLocator {
    private final Elements elements;
    private final Filer filer;
    private final Set<String> compiledNow;

    /**
     * @param compiledNow qualified names of the outermost classes that are compiled now; grows from round to round
     */
    BinderLocator(Elements elements, Filer filer, Set<String> compiledNow) {
        this.elements = elements;
        this.filer = filer;
        this.compiledNow = compiledNow;
    }

    BinderOrigin locate(TypeElement record) {
        TypeRef type = Declarations.reference(record);
        if (compiledNow.contains(type.outermost().canonicalName())) {
            return new BinderOrigin.Generated();
        }
        if (elements.getTypeElement(type.beside("_Binder").canonicalName()) != null) {
            return new BinderOrigin.Present();
        }
        // A source file that the compiler finds by itself (-sourcepath) is compiled now, too, and has no class file
        // yet.
        return library(record, type)
                .<BinderOrigin>map(BinderOrigin.Missing::new)
                .orElseGet(BinderOrigin.Generated::new);
    }

    /** The jar, folder or other module that holds the class file of a record; empty if it has none. */
    private Optional<String> library(TypeElement record, TypeRef type) {
        return otherModule(record).or(() -> onClassPath(type));
    }

    private Optional<String> otherModule(TypeElement record) {
        return Optional.ofNullable(elements.getModuleOf(record))
                .filter(module -> !module.isUnnamed())
                .filter(module -> compiledNow.stream()
                        .flatMap(name -> Stream.ofNullable(elements.getTypeElement(name)))
                        .noneMatch(compiled -> module.equals(elements.getModuleOf(compiled))))
                .map(module -> module.getQualifiedName().toString());
    }

    private Optional<String> onClassPath(TypeRef type) {
        String binaryName = type.binaryName();
        String file = binaryName.substring(binaryName.lastIndexOf('.') + 1) + ".class";
        Optional<URI> output = find(StandardLocation.CLASS_OUTPUT, type.packageName(), file);
        return find(StandardLocation.CLASS_PATH, type.packageName(), file)
                .filter(found -> !output.equals(Optional.of(found)))
                .map(found -> libraryName(found, binaryName));
    }

    private Optional<URI> find(JavaFileManager.Location location, String packageName, String file) {
        try {
            return Optional.of(filer.getResource(location, packageName, file).toUri());
        } catch (IOException | IllegalArgumentException | UnsupportedOperationException absent) {
            return Optional.empty();
        }
    }

    /** The file name of the jar, or the name of the folder, in which a class file stands. */
    private static String libraryName(URI classFile, String binaryName) {
        String location = classFile.toString();
        String root = location.substring(0, location.length() - (binaryName.length() + ".class".length()));
        String trimmed = root.replaceAll("!?/$", "");
        return trimmed.substring(trimmed.lastIndexOf('/') + 1);
    }
}
