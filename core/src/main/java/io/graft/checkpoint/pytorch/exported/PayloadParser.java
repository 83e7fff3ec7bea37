package io.graft.checkpoint.pytorch.exported;

import io.graft.checkpoint.bytes.Place;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.bytes.StrictJson;
import io.graft.checkpoint.pytorch.exported.Payload.Meta;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a configuration as a stream of tokens: {@code {"config": {NAME: {"path_name", "is_param", "use_pickle", "tensor_meta"}}}}. */
final class PayloadParser {
    private static final int MOST_TENSORS = 200_000;
    private static final int MOST_DIMENSIONS = 64;

    private final StrictJson json;
    private final Refusals refusals;
    private final String member;
    private final Map<String, Payload> payloads = new LinkedHashMap<>();

    private PayloadParser(StrictJson json, Refusals refusals, String member) {
        this.json = json;
        this.refusals = refusals;
        this.member = member;
    }

    /**
     * The payloads by name, in the file's order.
     *
     * @param member the configuration's name, for messages
     */
    static Map<String, Payload> parse(InputStream utf8, Refusals refusals, String member) throws IOException {
        try (StrictJson json = new StrictJson(utf8, refusals, Refusals.quote(member))) {
            return new PayloadParser(json, refusals, member).parse();
        }
    }

    private Map<String, Payload> parse() throws IOException {
        json.enterDocument();
        for (String key = json.nextKey(); key != null; key = json.nextKey()) {
            if (!key.equals("config")) {
                json.scalar();
                continue;
            }
            json.enterObject(new Place("config", member));
            for (String name = json.nextKey(); name != null; name = json.nextKey()) {
                if (payloads.size() == MOST_TENSORS) {
                    throw refusals.refused(Refusals.quote(member) + " holds more than " + MOST_TENSORS + " tensors");
                }
                if (payloads.put(name, payload(name)) != null) {
                    throw refusals.malformed(Refusals.quote(member) + " holds " + Refusals.quote(name) + " twice");
                }
            }
        }
        json.leaveDocument();
        return payloads;
    }

    private Payload payload(String name) throws IOException {
        Place tensor = new Place("tensor", name);
        String path = null;
        boolean isParameter = false;
        boolean isPickle = false;
        Meta meta = null;
        json.enterObject(tensor);
        for (String field = json.nextKey(); field != null; field = json.nextKey()) {
            Place place = new Place(field, tensor);
            switch (field) {
                case "path_name" -> path = json.text(place);
                case "is_param" -> isParameter = json.flag(place);
                case "use_pickle" -> isPickle = json.flag(place);
                case "tensor_meta" -> meta = json.enterObjectOrNull(place) ? meta(tensor) : null;
                default -> json.scalar();
            }
        }
        if (path == null) {
            throw refusals.malformed(tensor + " has no path_name");
        }
        return new Payload(path, isParameter, isPickle, meta);
    }

    private Meta meta(Place tensor) throws IOException {
        long type = 0;
        long layout = 0;
        long offset = 0;
        List<Long> size = null;
        List<Long> stride = null;
        boolean takesGradient = false;
        for (String field = json.nextKey(); field != null; field = json.nextKey()) {
            Place place = new Place(field, tensor);
            switch (field) {
                case "dtype" -> type = json.whole(place);
                case "layout" -> layout = json.whole(place);
                case "requires_grad" -> takesGradient = json.flag(place);
                case "storage_offset" -> {
                    json.enterObject(place);
                    offset = number(place);
                }
                case "sizes" -> size = numbers(place);
                case "strides" -> stride = numbers(place);
                default -> json.scalar();
            }
        }
        return new Meta(
                type, layout, offset, known(size, "sizes", tensor), known(stride, "strides", tensor), takesGradient);
    }

    private List<Long> known(@Nullable List<Long> numbers, String field, Place tensor) {
        if (numbers == null) {
            throw refusals.malformed(tensor + " has no " + field);
        }
        return numbers;
    }

    private List<Long> numbers(Place place) throws IOException {
        List<Long> numbers = new ArrayList<>(4);
        json.enterArray(place);
        while (json.nextObject(place)) {
            if (numbers.size() == MOST_DIMENSIONS) {
                throw refusals.refused(place + " has more than " + MOST_DIMENSIONS + " dimensions");
            }
            numbers.add(number(place));
        }
        return numbers;
    }

    /** {@code {"as_int": 4}}; what depends on inputs is written otherwise, and no weight does. */
    private long number(Place place) throws IOException {
        long number = -1;
        for (String key = json.nextKey(); key != null; key = json.nextKey()) {
            if (key.equals("as_int")) {
                number = json.whole(place);
            } else {
                json.scalar();
            }
        }
        if (number < 0) {
            throw refusals.malformed(place + " is no number");
        }
        return number;
    }
}
