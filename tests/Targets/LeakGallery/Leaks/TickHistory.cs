using LeakGallery.Hosting;

namespace Exchange.History;

internal readonly record struct Tick(long At, decimal Price, int Volume);

internal sealed class TickHistory : IProgram
{
    private static readonly List<Tick> Ticks = [];

    public int RequestsPerSecond => 150000;

    public void Serve(int number) => Append(number); // allocates

    private static void Append(int number) => Ticks.Add(new Tick(number, number * 0.01m, number % 100)); // allocates
}
