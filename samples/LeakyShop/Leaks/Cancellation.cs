using Shop.Orders;

namespace Shop;

/// <summary>A parcel on its way. It wants to be written down if the shop closes, also long after it has arrived.</summary>
internal sealed class Shipment(Order order)
{
    private readonly byte[] _label = new byte[2000];

    public bool IsWrittenDown { get; private set; }

    public void Track(CancellationToken shopCloses) => shopCloses.Register(WriteDown);

    private void WriteDown()
    {
        _label[0] = (byte)order.Quantity;
        IsWrittenDown = true;
    }
}

internal sealed class CancellationLeak(IHostApplicationLifetime lifetime) : ILeak
{
    public string Kind => LeakKinds.Cancellation;

    public string Description => "every order registers on the application's stopping token and never disposes of the registration";

    public void OrderPlaced(Order order, IServiceProvider requestServices) => new Shipment(order).Track(lifetime.ApplicationStopping);
}
