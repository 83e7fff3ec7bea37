/** The methods that come with this module, each a class of its own. */
package io.graft.lora.method.builtin;
