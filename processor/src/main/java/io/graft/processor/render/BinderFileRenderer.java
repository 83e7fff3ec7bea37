package io.graft.processor.render;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeSpec;
import io.graft.config.reading.OptionsBinder;
import io.graft.config.reading.RecordBinder;
import io.graft.processor.model.BinderFile;
import io.graft.processor.model.ChoiceModel;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.SourceRef;
import io.graft.processor.model.TypeRef;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Renders a source of binders. */
public final class BinderFileRenderer {
    private BinderFileRenderer() {}

    /** The class that reads the root from a configuration object, with those of what it is made of nested in it. */
    public static GeneratedClass render(BinderFile file) {
        TypeRef binder = file.root().beside("_Binder");
        TypeSpec.Builder outer = GeneratedClass.publicClass(binder);
        add(outer, file, file.root());
        types(file)
                .filter(type -> !type.equals(file.root()))
                .sorted(Comparator.comparing(TypeRef::canonicalName))
                .forEach(type -> {
                    TypeSpec.Builder nested = GeneratedClass.nestedClass(BinderNames.nested(type));
                    add(nested, file, type);
                    outer.addType(nested.build());
                });
        return GeneratedClass.of(binder, outer.build(), origin(file));
    }

    private static void add(TypeSpec.Builder binder, BinderFile file, TypeRef type) {
        ClassName bound = GeneratedClass.className(type);
        binder.addJavadoc("Reads {@link $T} from a configuration object, and writes it back.\n", bound)
                .addSuperinterface(ParameterizedTypeName.get(
                        ClassName.get(record(file, type).isPresent() ? RecordBinder.class : OptionsBinder.class),
                        bound));
        BinderNames names = new BinderNames(file);
        record(file, type).ifPresent(options -> BinderRenderer.addTo(binder, options, names));
        choice(file, type).ifPresent(choice -> ChoiceRenderer.addTo(binder, choice, names));
    }

    private static Stream<TypeRef> types(BinderFile file) {
        return Stream.concat(
                file.records().stream().map(OptionsModel::type),
                file.choices().stream().map(ChoiceModel::type));
    }

    private static Optional<OptionsModel> record(BinderFile file, TypeRef type) {
        return file.records().stream()
                .filter(record -> record.type().equals(type))
                .findFirst();
    }

    private static Optional<ChoiceModel> choice(BinderFile file, TypeRef type) {
        return file.choices().stream()
                .filter(choice -> choice.type().equals(type))
                .findFirst();
    }

    private static SourceRef origin(BinderFile file) {
        return record(file, file.root())
                .map(record -> record.declaration().at())
                .or(() -> choice(file, file.root())
                        .map(choice -> choice.declaration().at()))
                .orElseThrow();
    }
}
