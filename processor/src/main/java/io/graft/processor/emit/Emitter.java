package io.graft.processor.emit;

import io.graft.processor.check.MistakeCode;
import io.graft.processor.check.Report;
import io.graft.processor.model.SourceRef;
import io.graft.processor.render.GeneratedClass;
import io.graft.processor.render.GeneratedResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.HashSet;
import java.util.Set;
import javax.annotation.processing.Filer;
import javax.annotation.processing.FilerException;
import javax.lang.model.element.Element;
import javax.tools.StandardLocation;

/** Writes generated classes and resources, each with the declarations that it is made from. */
public final class Emitter {
    private final Filer filer;
    private final Set<String> resources = new HashSet<>();

    public Emitter(Filer filer) {
        this.filer = filer;
    }

    /**
     * Writes a class; reports one of that name that a person wrote.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    public Report emit(GeneratedClass source) {
        try (Writer file = filer.createSourceFile(
                        source.type().canonicalName(), source.origin().element())
                .openWriter()) {
            file.write(source.text());
            return Report.clean();
        } catch (FilerException clash) {
            return Report.of(
                    MistakeCode.GENERATED_CLASH,
                    source.origin(),
                    "`%s` already exists in this package; rename it."
                            .formatted(source.type().simpleName()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * Writes a resource. Of two plugs of one id the first keeps it; that there are two is the id's mistake.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    public void emit(GeneratedResource resource) {
        if (!resources.add(resource.path())) {
            return;
        }
        try (Writer file = filer.createResource(
                        StandardLocation.CLASS_OUTPUT,
                        "",
                        resource.path(),
                        resource.origins().stream().map(SourceRef::element).toArray(Element[]::new))
                .openWriter()) {
            file.write(resource.text());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
