using Shop.Orders;

namespace Shop;

/// <summary>Request-scoped: who is ordering, and what we know of them.</summary>
internal sealed class CustomerContext
{
    private readonly byte[] _preferences = new byte[2000];

    public string Customer { get; private set; } = "";

    public int Knowledge => _preferences.Length;

    public void Enter(string customer) => Customer = customer;
}

/// <summary>A singleton. Two words about each order would do; it keeps the context of the whole request.</summary>
internal sealed class AuditTrail
{
    private readonly List<CustomerContext> _seen = [];

    public void Add(CustomerContext context)
    {
        lock (_seen)
        {
            _seen.Add(context);
        }
    }
}

internal sealed class CaptiveScopeLeak(AuditTrail trail) : ILeak
{
    public string Kind => LeakKinds.CaptiveScope;

    public string Description => "a singleton keeps the request-scoped service of every order in a list";

    public void OrderPlaced(Order order, IServiceProvider requestServices)
    {
        var context = requestServices.GetRequiredService<CustomerContext>();
        context.Enter(order.Customer);
        trail.Add(context);
    }
}
