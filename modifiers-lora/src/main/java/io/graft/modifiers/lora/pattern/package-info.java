/** Patterns of adapters' configurations, written for Python's regular expressions; knows neither adapters nor files. */
package io.graft.modifiers.lora.pattern;
