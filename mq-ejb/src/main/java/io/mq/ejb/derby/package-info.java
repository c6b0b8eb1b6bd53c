/** The checkpoint in an embedded Apache Derby database, off the hot path. */
package io.mq.ejb.derby;
