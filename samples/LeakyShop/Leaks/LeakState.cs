namespace Shop;

internal sealed record LeakState(string Kind, bool On, string Description);
