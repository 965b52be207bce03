/* The floor of starting a process: a program that does nothing. */
int main(void) { return 0; }
