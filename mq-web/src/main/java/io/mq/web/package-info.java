/** The HTTP edge: translates requests into calls of the broker and its answers into JSON. No rule of the broker lives here. */
package io.mq.web;
