/**
 * Classes that Apache Ratis loads by their names. It does so by its own class loader, which is that of the EAR's
 * libraries and does not see this module's: so they are packed into a library of their own.
 */
package io.mq.ejb.engine;
