using LeakGallery.Hosting;

namespace Factory.Devices;

internal sealed class DevicePoller(int[] registers)
{
    private Timer? _timer;

    public void Start() => _timer = new Timer(_ => Poll(), null, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(30));

    public bool IsStarted => _timer is not null;

    private void Poll() => registers[0]++;
}

internal sealed class DeviceGateway : IProgram
{
    public int RequestsPerSecond => 1500;

    public void Serve(int number) => Connect(number); // allocates

    private static void Connect(int number)
    {
        var poller = new DevicePoller(new int[500 + (number % 10)]); // allocates
        poller.Start();
    }
}
