-- An unlogged table is empty after a crash. Servers do not hear of a crash at once when the network is
-- silent as well: who was forgotten here was not waited for, and answered from memory what had ended.
ALTER TABLE "Node" SET LOGGED;
