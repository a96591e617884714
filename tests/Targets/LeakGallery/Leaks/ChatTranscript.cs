using System.Text;
using LeakGallery.Hosting;

namespace Support.Chat;

internal sealed class ChatRoom : IProgram
{
    private static readonly StringBuilder Transcript = new();

    public int RequestsPerSecond => 10000;

    public void Serve(int number) => Say("agent", "Thank you for waiting. I will look into it and come back to you, this may take some minutes."); // allocates

    private static void Say(string who, string what) => Transcript.Append(who).Append(": ").AppendLine(what); // allocates
}
