using Shop.Orders;

namespace Shop;

/// <summary>One mistake that a service team could have made. Every placed order makes it leak about 2 KB.</summary>
internal interface ILeak
{
    string Kind { get; }

    string Description { get; }

    void OrderPlaced(Order order, IServiceProvider requestServices);
}
