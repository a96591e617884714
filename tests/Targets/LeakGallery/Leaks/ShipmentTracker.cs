using LeakGallery.Hosting;

namespace Parcels.Tracking;

internal static class AppLifetime
{
    private static readonly CancellationTokenSource StoppingSource = new();

    public static CancellationToken Stopping => StoppingSource.Token;
}

internal sealed class Shipment(byte[] label)
{
    private int _state;

    public void Track(CancellationToken stopping) => stopping.Register(static shipment => ((Shipment)shipment!).WriteDown(), this);

    private void WriteDown() => _state += label.Length;
}

internal sealed class ShipmentTracker : IProgram
{
    public int RequestsPerSecond => 2000;

    public void Serve(int number) => Receive(number); // allocates

    private static void Receive(int number)
    {
        var shipment = new Shipment(new byte[1000 + (number % 900)]); // allocates
        shipment.Track(AppLifetime.Stopping);
    }
}
