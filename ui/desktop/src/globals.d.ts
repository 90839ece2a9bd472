/** True in `--mode fake` builds and tests: the scripted bridge is compiled in. */
declare const __FAKE__: boolean;
