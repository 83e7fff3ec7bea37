package io.graft.processor.discover;

import io.graft.processor.model.CoreNames;
import io.graft.processor.model.ModuleModel;
import io.graft.processor.model.PlugName;
import io.graft.processor.model.SourceRef;
import io.graft.processor.model.TypeRef;
import io.graft.registry.PlugKind;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.annotation.processing.Filer;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.ModuleElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.tools.StandardLocation;

/** The named modules that a compilation makes; a module that it only adds classes to, as tests do, is none of them. */
public final class ModuleSurvey {
    private final Elements elements;
    private final Filer filer;
    private final Set<String> compiledNow = new HashSet<>();

    public ModuleSurvey(ProcessingEnvironment environment) {
        this.elements = environment.getElementUtils();
        this.filer = environment.getFiler();
    }

    /** Takes in the modules whose descriptors are compiled in a round. */
    public void add(Collection<ModuleElement> modules) {
        modules.forEach(module -> compiledNow.add(name(module)));
    }

    /**
     * The modules of the plugs of a kind that have a provider. To be asked when everything is generated: before that, descriptors
     * name classes that are not there.
     *
     * @param provider the provider's class of a plug's
     */
    public List<ModuleModel> modules(PlugKind<?> kind, Collection<PlugName> plugs, UnaryOperator<TypeRef> provider) {
        String service = CoreNames.of(kind.service());
        Map<ModuleElement, List<TypeElement>> providers = plugs.stream()
                .flatMap(plug -> Stream.ofNullable(
                        elements.getTypeElement(provider.apply(plug.type()).canonicalName())))
                .filter(type -> isMadeHere(elements.getModuleOf(type)))
                .collect(Collectors.groupingBy(elements::getModuleOf, LinkedHashMap::new, Collectors.toList()));
        return providers.entrySet().stream()
                .map(module -> module(service, module.getKey(), module.getValue()))
                .toList();
    }

    private boolean isMadeHere(ModuleElement module) {
        return module != null && !module.isUnnamed() && (compiledNow.contains(name(module)) || hasDescriptor());
    }

    /** Whether an earlier compilation left the descriptor, which a partial one has no need to repeat. */
    private boolean hasDescriptor() {
        try {
            filer.getResource(StandardLocation.CLASS_OUTPUT, "", "module-info.class")
                    .openInputStream()
                    .close();
            return true;
        } catch (IOException absent) {
            return false;
        }
    }

    private ModuleModel module(String service, ModuleElement module, List<TypeElement> providers) {
        return new ModuleModel(
                name(module),
                service,
                ElementFilter.providesIn(module.getDirectives()).stream()
                        .filter(provides ->
                                provides.getService().getQualifiedName().contentEquals(service))
                        .flatMap(provides -> provides.getImplementations().stream())
                        .map(type -> type.getQualifiedName().toString())
                        .toList(),
                providers.stream()
                        .map(type -> type.getQualifiedName().toString())
                        .toList(),
                compiledNow.contains(name(module)) ? SourceRef.of(module) : SourceRef.nowhere());
    }

    private static String name(ModuleElement module) {
        return module.getQualifiedName().toString();
    }
}
