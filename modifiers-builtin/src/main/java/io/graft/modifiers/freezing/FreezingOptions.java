package io.graft.modifiers.freezing;

import io.graft.config.Default;
import io.graft.model.tree.Selector;
import java.util.List;

/**
 * Options of the freezing modifier.
 *
 * @param submodulesToFreeze the modules and tensors to freeze: dotted paths such as {@code encoder} or {@code processor.0},
 *     with {@code *} for one segment and {@code **} for any number, or {@code re:} and a regular expression; an empty list
 *     freezes nothing and is reported
 * @param strict whether an entry that matches nothing is an error; if not, it is a warning
 * @param except modules and tensors that stay as they are though an entry of {@code submodules-to-freeze} selects them
 */
public record FreezingOptions(
        List<Selector> submodulesToFreeze, @Default("true") boolean strict, List<Selector> except) {
    public FreezingOptions {
        submodulesToFreeze = List.copyOf(submodulesToFreeze);
        except = List.copyOf(except);
    }
}
