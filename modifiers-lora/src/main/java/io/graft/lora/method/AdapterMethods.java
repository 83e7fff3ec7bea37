package io.graft.lora.method;

import io.graft.extension.FoundService;
import io.graft.extension.ServiceScan;
import io.graft.problem.Printable;
import io.graft.problem.Quoting;
import io.graft.problem.Suggestions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The methods at hand. */
public final class AdapterMethods {
    private final List<AdapterMethod> all;

    private AdapterMethods(List<AdapterMethod> all) {
        this.all = List.copyOf(all);
    }

    /**
     * Looks for methods.
     *
     * @param loader as {@link ServiceScan#of} takes it
     */
    public static AdapterMethods discover(ClassLoader loader) {
        return new AdapterMethods(ServiceScan.of(AdapterMethod.class, loader).found().stream()
                .map(FoundService::service)
                .toList());
    }

    /** Those of the thread's context class loader. */
    public static AdapterMethods discover() {
        return discover(Thread.currentThread().getContextClassLoader());
    }

    /** PEFT's words for them, in small letters, sorted. */
    public List<String> ids() {
        return all.stream().map(AdapterMethods::id).distinct().sorted().toList();
    }

    /** PEFT's words for them, sorted. */
    public List<String> peftTypes() {
        return all.stream().map(AdapterMethod::peftType).distinct().sorted().toList();
    }

    /** PEFT's word for a method in small letters, as configurations have it. */
    public static String id(AdapterMethod method) {
        return method.peftType().toLowerCase(Locale.ROOT);
    }

    /** The method of a {@code peft_type}; empty if there is none. */
    public Optional<AdapterMethod> find(Object peftType) {
        return all.stream().filter(method -> method.peftType().equals(peftType)).findFirst();
    }

    /**
     * The method of a word.
     *
     * @throws IllegalArgumentException if there is none; the message is one line
     */
    public AdapterMethod named(String id) {
        return all.stream().filter(method -> id(method).equals(id)).findFirst().orElseThrow(() -> {
            String nearest = Suggestions.didYouMean(id, ids());
            return new IllegalArgumentException("`" + Printable.of(id) + "` is no method of adapting weights; "
                    + (nearest.isEmpty() ? "there are " + Quoting.names(ids()) : nearest));
        });
    }

    /** What all of them call their tensors. */
    public Set<String> slots() {
        Set<String> slots = new LinkedHashSet<>();
        all.forEach(method -> slots.addAll(method.slots()));
        return slots;
    }
}
